package io.distillstream.tuf;

import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.refusal.UntrustedTargetException;

/**
 * A target that the metadata vouches for.
 *
 * @param path within the repository
 * @param length in bytes
 * @param sha256 in lower-case hexadecimal
 */
public record TrustedTarget(String path, long length, String sha256) {

  /** Its file's path where snapshots are consistent: the digest comes ahead of the name. */
  public String consistentPath() {
    int name = path.lastIndexOf('/') + 1;
    return path.substring(0, name) + sha256 + "." + path.substring(name);
  }

  /**
   * Holds the file to length and digest.
   *
   * @return the same bytes
   * @throws UntrustedTargetException if it is another one
   */
  public byte[] check(byte[] file) throws UntrustedTargetException {
    if (file.length != length) {
      throw new UntrustedTargetException(
          path, "it has " + file.length + " bytes, the metadata says " + length);
    }
    String actual = Sha256.hex(file);
    if (!actual.equals(sha256)) {
      throw new UntrustedTargetException(
          path, "its SHA-256 is " + actual + ", the metadata says " + sha256);
    }
    return file;
  }
}
