package io.distillstream.mqtt;

import java.util.Optional;

/** Versions of the protocol. */
public enum MqttVersion {
  V3_1_1("3.1.1"),
  V5("5");

  private final String text;

  MqttVersion(String text) {
    this.text = text;
  }

  /** The version of this name, {@code 3.1.1} or {@code 5}. */
  public static Optional<MqttVersion> of(String text) {
    for (MqttVersion version : values()) {
      if (version.text.equals(text)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
