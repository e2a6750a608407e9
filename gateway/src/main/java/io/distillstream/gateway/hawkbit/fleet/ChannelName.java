package io.distillstream.gateway.hawkbit.fleet;

/**
 * What the clients of a tenant follow.
 *
 * @param model whose updates they get
 * @param channel on which these are published
 */
public record ChannelName(String model, String channel) {

  @Override
  public String toString() {
    return model + "/" + channel;
  }
}
