package io.distillstream.wire.check;

import java.time.Duration;
import java.time.Instant;

/** Bounds of single fields. All throw an {@link IllegalArgumentException} that names the field. */
final class Require {
  /** Far beyond any real count, and far enough from the end of 64 bits to add to. */
  static final long LARGEST_COUNT = 1L << 48;

  /** A checkpoint each second would reach it after 34,000 years. */
  static final long LARGEST_VERSION = 1L << 40;

  /** How far the clock of whoever wrote the record may be ahead. */
  static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private static final int LONGEST_NAME = 1_024;
  private static final int LONGEST_QUOTE = 40;
  private static final int SHA256_DIGITS = 64;

  private Require() {}

  static void between(String field, long value, long from, long to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          "%s is %d, expected %d to %d".formatted(field, value, from, to));
    }
  }

  static void count(String field, long value) {
    between(field, value, 0, LARGEST_COUNT);
  }

  static void version(String field, long value) {
    between(field, value, 1, LARGEST_VERSION);
  }

  static void name(String field, String value) {
    if (value.isBlank() || value.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "%s is \"%s\" (%d characters), expected 1 to %,d that are not all blank"
              .formatted(field, start(value), value.length(), LONGEST_NAME));
    }
  }

  static void sha256(String field, String value) {
    boolean hexadecimal =
        value.length() == SHA256_DIGITS
            && value.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0);
    if (!hexadecimal) {
      throw new IllegalArgumentException(
          "%s is \"%s\", expected 64 lower-case hexadecimal digits".formatted(field, start(value)));
    }
  }

  static void finite(String field, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("%s is %s, expected a number".formatted(field, value));
    }
  }

  /** From 1970 on and not in the future, but for clocks that disagree a little. */
  static void past(String field, Instant time) {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.now().plus(CLOCK_SKEW))) {
      throw new IllegalArgumentException(
          "%s is %s, expected a time since 1970 that has passed".formatted(field, time));
    }
  }

  private static String start(String value) {
    return value.length() <= LONGEST_QUOTE ? value : value.substring(0, LONGEST_QUOTE) + "…";
  }
}
