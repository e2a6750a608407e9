package io.distillstream.wire;

import org.jspecify.annotations.Nullable;

/** Bytes that are not a record of the topic: wrong framing, unknown schema id, or another type. */
public final class UndecodableRecordException extends Exception {

  private static final long serialVersionUID = 1;

  private final String topic;

  public UndecodableRecordException(String topic, String reason, @Nullable Throwable cause) {
    super("Cannot decode a record of " + topic + ": " + reason, cause);
    this.topic = topic;
  }

  public String topic() {
    return topic;
  }
}
