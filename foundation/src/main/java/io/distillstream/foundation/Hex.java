package io.distillstream.foundation;

/** Bytes in lower-case hexadecimal; {@code HexFormat} does the same, but not on Android 8. */
public final class Hex {

  private Hex() {}

  public static String encode(byte[] bytes) {
    StringBuilder hex = new StringBuilder(2 * bytes.length);
    for (byte b : bytes) {
      hex.append(Character.forDigit(b >> 4 & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
    }
    return hex.toString();
  }

  /**
   * The bytes that these digits stand for, of either case.
   *
   * @throws IllegalArgumentException if there is half a byte, or anything but digits
   */
  public static byte[] decode(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < hex.length(); i++) {
      int digit = Character.digit(hex.charAt(i), 16);
      if (digit < 0 || hex.length() % 2 != 0) {
        throw new IllegalArgumentException("Expected pairs of hexadecimal digits");
      }
      bytes[i / 2] = (byte) (bytes[i / 2] << 4 | digit);
    }
    return bytes;
  }
}
