package io.distillstream.local.feed;

/** Traffic cannot be sent; the message names where to and why. */
public final class FeedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  FeedException(String message) {
    super(message);
  }

  FeedException(String message, Throwable cause) {
    super(message, cause);
  }
}
