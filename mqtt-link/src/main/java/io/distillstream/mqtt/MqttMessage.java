package io.distillstream.mqtt;

/** A message that a broker delivered. */
public final class MqttMessage {

  private final String topic;
  private final byte[] payload;
  private final Runnable acknowledgement;

  MqttMessage(String topic, byte[] payload, Runnable acknowledgement) {
    this.topic = topic;
    this.payload = payload;
    this.acknowledgement = acknowledgement;
  }

  public String topic() {
    return topic;
  }

  /** Not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /**
   * Tells the broker that it need not deliver the message again. Call once, from any thread; of no
   * effect on one that was delivered at most once, or by a connection that is lost.
   */
  public void acknowledge() {
    acknowledgement.run();
  }
}
