package io.distillstream.gateway.channel;

import io.distillstream.update.UpdateManifest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Every channel of every model of a pipeline. Thread-safe. */
public final class Channels {

  private final Map<String, Channel> channels = new ConcurrentHashMap<>();
  private volatile boolean complete;

  /** A channel, which is created if absent. */
  public Channel of(String model, String channel) {
    return channels.computeIfAbsent(
        UpdateManifest.updateKey(model, channel), key -> new Channel(model, channel));
  }

  /** A channel that something was published on. */
  public Optional<Channel> find(String model, String channel) {
    return Optional.ofNullable(channels.get(UpdateManifest.updateKey(model, channel)))
        .filter(found -> found.newest().isPresent());
  }

  /** Those that something was published on, by name. */
  public List<Channel> all() {
    return channels.values().stream()
        .filter(channel -> channel.newest().isPresent())
        .sorted(Comparator.comparing(Channel::model).thenComparing(Channel::name))
        .toList();
  }

  /** Whether a signed manifest of this SHA-256 is given out, with its artifact. */
  public boolean offerSigned(String sha256) {
    return channels.values().stream()
        .flatMap(channel -> channel.publications().stream())
        .flatMap(publication -> publication.signed().stream())
        .anyMatch(signed -> signed.digest().equals(sha256));
  }

  /** All that was published before is here: what is not found from now on does not exist. */
  public void complete() {
    complete = true;
  }

  /** Whether all that was published before the start is here. */
  public boolean isComplete() {
    return complete;
  }
}
