package io.distillstream.mqtt;

/** How a message is published. */
public enum Delivery {
  /** It may be lost. */
  AT_MOST_ONCE(false, false),
  /** The broker says that it has it. */
  AT_LEAST_ONCE(true, false),
  /** Likewise, and it is told to whoever subscribes later, until the next one on its topic. */
  RETAINED(true, true);

  private final boolean confirmed;
  private final boolean retained;

  Delivery(boolean confirmed, boolean retained) {
    this.confirmed = confirmed;
    this.retained = retained;
  }

  boolean isConfirmed() {
    return confirmed;
  }

  boolean isRetained() {
    return retained;
  }
}
