package io.distillstream.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, as the wire contract uses it. */
public final class Digests {

  private Digests() {}

  /** Every Java platform has SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * One request's share of a checkpoint's {@code lineage_digest}: the first eight bytes,
   * big-endian, of the SHA-256 of its id. Their sum modulo 2⁶⁴ does not depend on the order of
   * training.
   */
  public static long lineage(String requestId) {
    return ByteBuffer.wrap(sha256().digest(requestId.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
