package io.distillstream.local.synthesize.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Map;

/**
 * Pieces of a byte-level vocabulary as text. Such a vocabulary spells each byte as a character that
 * can be seen: itself where it is a printable character of Latin-1, one from U+0100 on elsewhere.
 */
final class ByteLevel {

  private static final int BYTES = 256;

  private final Map<Character, Byte> bytes = new HashMap<>();

  ByteLevel() {
    char next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      bytes.put(isSeen(value) ? (char) value : next++, (byte) value);
    }
  }

  private static boolean isSeen(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value < BYTES);
  }

  /** What a piece spells; empty where it is not whole characters. */
  String text(String piece) {
    ByteBuffer spelt = ByteBuffer.allocate(piece.length());
    for (int i = 0; i < piece.length(); i++) {
      Byte value = bytes.get(piece.charAt(i));
      if (value == null) {
        return "";
      }
      spelt.put(value);
    }
    try {
      return UTF_8.newDecoder().decode(spelt.flip()).toString();
    } catch (CharacterCodingException e) {
      // A piece may end within a character.
      return "";
    }
  }
}
