package io.distillstream.wire.check;

import java.time.Instant;

/** Bounds of single fields. All throw an {@link IllegalArgumentException} that names the field. */
final class Require {
  /** Far beyond any real count, and far enough from the end of 64 bits to add to. */
  static final long LARGEST_COUNT = 1L << 48;

  /** A checkpoint each second would reach it after 34,000 years. */
  static final long LARGEST_VERSION = 1L << 40;

  /**
   * No time of ours lies beyond. Readers' clocks do not count: a record must not be good for one of
   * them and bad for another, or bad today and good tomorrow.
   */
  static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

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

  static void share(String field, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s is %s, expected 0 to 1".formatted(field, value));
    }
  }

  static void time(String field, Instant time) {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a time from 1970 to 2100".formatted(field, time));
    }
  }

  private static String start(String value) {
    return value.length() <= LONGEST_QUOTE ? value : value.substring(0, LONGEST_QUOTE) + "…";
  }
}
