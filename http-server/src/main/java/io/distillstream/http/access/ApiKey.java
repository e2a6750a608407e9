package io.distillstream.http.access;

import io.distillstream.foundation.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A key that a caller may show. Its SHA-256 is kept, and not the key; keys are long and random, so
 * that a slow hash is not needed.
 *
 * @param name of its holder
 * @param sha256 in lower-case hexadecimal digits
 */
record ApiKey(String name, String sha256) {

  /** Characters of a key that is not found by trying. */
  static final int SHORTEST = 16;

  static ApiKey of(String name, String key) {
    return new ApiKey(name, digest(key));
  }

  static String digest(String key) {
    return Sha256.hex(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether a text can be sent in a header as it is, and is long enough. */
  static boolean isUsable(String key) {
    return key.length() >= SHORTEST && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** In a time that does not tell how much of a wrong one is right. */
  boolean hasDigest(String other) {
    return MessageDigest.isEqual(
        sha256.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
