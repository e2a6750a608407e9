package io.distillstream.teacher;

import io.distillstream.foundation.Sha256;
import java.nio.charset.StandardCharsets;

/** Names of what exactly answers. */
public final class TeacherVersion {
  private static final int DIGITS = 12;

  private TeacherVersion() {}

  /** The first 12 hexadecimal digits of the SHA-256 of all that tells one from another. */
  public static String of(String identity) {
    return Sha256.hex(identity.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
