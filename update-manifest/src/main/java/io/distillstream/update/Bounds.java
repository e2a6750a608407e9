package io.distillstream.update;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.JsonFields;

/** What numbers and names may be, wherever they come from: as on the topics of a pipeline. */
final class Bounds {

  /** A checkpoint each second would reach it after 34,000 years. */
  static final long HIGHEST_VERSION = 1L << 40;

  /** Far beyond any real count, and far enough from the end of 64 bits to add to. */
  static final long LARGEST_COUNT = 1L << 48;

  /** The year 2100, in epoch milliseconds. */
  static final long LATEST_MILLIS = 4_102_444_800_000L;

  private static final int LONGEST_NAME = 1_024;

  private Bounds() {}

  /** The name in a field: of a model, a channel or a device. */
  static String name(JsonFields fields, String name) {
    String text = fields.text(name);
    if (text.trim().isEmpty() || text.length() > LONGEST_NAME) {
      throw new InvalidJsonException(
          fields.place(name),
          String.format(
              "'%s' has %d characters, expected 1 to %d that are not all blank",
              fields.place(name), text.length(), LONGEST_NAME));
    }
    return text;
  }

  static long count(JsonFields fields, String name) {
    return fields.wholeNumber(name, 0, LARGEST_COUNT);
  }

  /** The digest in a field. */
  static String sha256(JsonFields fields, String name) {
    String digest = fields.text(name);
    if (!Digests.isSha256(digest)) {
      throw new InvalidJsonException(
          fields.place(name),
          String.format(
              "'%s' is no SHA-256, expected 64 lower-case hexadecimal digits", fields.place(name)));
    }
    return digest;
  }
}
