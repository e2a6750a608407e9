package io.distillstream.embedded.broker;

import org.jspecify.annotations.Nullable;

/** The embedded broker did not start, did not answer in time, or met a fault it can't survive. */
public final class BrokerFailedException extends RuntimeException {

  BrokerFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
