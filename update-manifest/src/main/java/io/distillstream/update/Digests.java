package io.distillstream.update;

import java.util.regex.Pattern;

/** What a digest looks like; it becomes part of file names and addresses. */
final class Digests {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private Digests() {}

  static boolean isSha256(String digest) {
    return SHA256.matcher(digest).matches();
  }

  /**
   * Checks a digest.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void requireSha256(String digest) {
    if (!isSha256(digest)) {
      throw new IllegalArgumentException(
          "A SHA-256 has 64 lower-case hexadecimal digits, was " + digest);
    }
  }
}
