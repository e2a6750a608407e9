package io.distillstream.gateway.hawkbit;

import java.util.Locale;

/** How a client is to take an update: the values of {@code download} and {@code update}. */
public enum Handling {
  /** At once. */
  FORCED,
  /** When it suits the device. */
  ATTEMPT;

  /** As the API has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
