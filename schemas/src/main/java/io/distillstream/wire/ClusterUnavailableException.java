package io.distillstream.wire;

import org.jspecify.annotations.Nullable;

/** The Kafka brokers cannot be reached, or refused what every stage needs. */
public final class ClusterUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public ClusterUnavailableException(String what, @Nullable Throwable cause) {
    super(cause == null ? what : what + ": " + cause.getMessage(), cause);
  }
}
