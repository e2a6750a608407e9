package io.distillstream.wire.tokens;

import java.nio.ByteBuffer;

/**
 * What kind of text a token is, by its first two bytes, from 0 to 7: the alternatives of one place
 * are mostly words, or mostly parts of words, or digits.
 */
final class TokenClass {

  static final int COUNT = 8;

  private static final int NEITHER = 0;
  private static final int LOWER = 1;
  private static final int UPPER = 2;
  private static final int DIGIT = 3;
  private static final int OTHER_SCRIPT = 4;
  private static final int SPACE_LOWER = 5;
  private static final int SPACE_UPPER = 6;
  private static final int SPACE_OTHER = 7;

  private TokenClass() {}

  static int of(ByteBuffer token) {
    int start = token.position();
    if (!token.hasRemaining()) {
      return NEITHER;
    }
    if (token.get(start) != ' ') {
      return first(token.get(start));
    }
    if (token.remaining() == 1) {
      return SPACE_OTHER;
    }
    return switch (first(token.get(start + 1))) {
      case LOWER, OTHER_SCRIPT -> SPACE_LOWER;
      case UPPER -> SPACE_UPPER;
      default -> SPACE_OTHER;
    };
  }

  private static int first(byte first) {
    if (first < 0) {
      return OTHER_SCRIPT;
    }
    if (first >= 'a' && first <= 'z') {
      return LOWER;
    }
    if (first >= 'A' && first <= 'Z') {
      return UPPER;
    }
    return first >= '0' && first <= '9' ? DIGIT : NEITHER;
  }
}
