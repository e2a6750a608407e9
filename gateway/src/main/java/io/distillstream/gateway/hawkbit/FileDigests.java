package io.distillstream.gateway.hawkbit;

import io.distillstream.foundation.Hex;
import io.distillstream.gateway.store.Download;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digests of a file that the API names, in lower-case hexadecimal digits. The older two tell a
 * damaged download; none but SHA-256 withstands somebody who wants to replace it.
 */
record FileDigests(String sha1, String md5, String sha256) {

  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Reads a file once.
   *
   * @throws IOException if it cannot be read
   */
  static FileDigests of(Download file) throws IOException {
    MessageDigest sha1 = digest("SHA-1");
    MessageDigest md5 = digest("MD5");
    MessageDigest sha256 = digest("SHA-256");
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = file.open(0)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha1.update(buffer, 0, read);
        md5.update(buffer, 0, read);
        sha256.update(buffer, 0, read);
      }
    }
    return new FileDigests(
        Hex.encode(sha1.digest()), Hex.encode(md5.digest()), Hex.encode(sha256.digest()));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has " + algorithm, e);
    }
  }
}
