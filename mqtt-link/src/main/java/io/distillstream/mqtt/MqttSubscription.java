package io.distillstream.mqtt;

import java.util.function.Consumer;

/**
 * What a client wants to be told, at least once.
 *
 * @param filter of topics, with {@code +} and {@code #}
 * @param group of clients among which the broker distributes the messages, where it can do so;
 *     else, and where the name is empty, every client gets every message
 * @param receiver takes them one after the other, and acknowledges each
 */
public record MqttSubscription(String filter, String group, Consumer<MqttMessage> receiver) {

  /** Of a client that gets every message. */
  public static MqttSubscription of(String filter, Consumer<MqttMessage> receiver) {
    return new MqttSubscription(filter, "", receiver);
  }
}
