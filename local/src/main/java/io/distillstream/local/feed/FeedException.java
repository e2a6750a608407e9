package io.distillstream.local.feed;

/** Traffic cannot be sent; the message names where to and why. */
public final class FeedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean unanswered;

  FeedException(String message) {
    super(message);
    this.unanswered = false;
  }

  FeedException(String message, Throwable cause) {
    super(message, cause);
    this.unanswered = false;
  }

  private FeedException(String message, boolean unanswered) {
    super(message);
    this.unanswered = unanswered;
  }

  /** Of a call that a pipeline which is there cannot answer. */
  public static FeedException unansweredCall(String message) {
    return new FeedException(message, true);
  }

  /** Whether the pipeline is there, and cannot answer this call, perhaps for one of its texts. */
  public boolean unanswered() {
    return unanswered;
  }
}
