package io.distillstream.model;

import java.text.Normalizer;

/**
 * Text clean-up of the uncased BERT models, step by step as Hugging Face's {@code BertNormalizer}:
 * drop control characters, turn every white space into a blank, set CJK ideographs apart, decompose
 * (NFD), drop non-spacing marks, lower the case character by character.
 */
final class TextNormalizer {
  private TextNormalizer() {}

  static String normalize(String text) {
    StringBuilder cleaned = new StringBuilder(text.length() + 16);
    boolean ascii = true;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      ascii &= c < 0x80;
      if (isWhitespace(c)) {
        cleaned.append(' ');
      } else if (isIdeograph(c)) {
        cleaned.append(' ').appendCodePoint(c).append(' ');
      } else if (!isDropped(c)) {
        cleaned.appendCodePoint(c);
      }
    }
    return ascii ? lowerAscii(cleaned) : foldMarksAndCase(cleaned);
  }

  private static String lowerAscii(StringBuilder text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        text.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return text.toString();
  }

  private static String foldMarksAndCase(CharSequence text) {
    String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
    StringBuilder folded = new StringBuilder(decomposed.length());
    decomposed
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(c -> folded.appendCodePoint(Character.toLowerCase(c)));
    return folded.toString();
  }

  /** Tab, line ends and Unicode's separators; the other control characters are dropped instead. */
  static boolean isWhitespace(int c) {
    return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  /** Every ASCII symbol counts as punctuation here, beside Unicode's own punctuation. */
  static boolean isPunctuation(int c) {
    if (c < 0x80) {
      return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean isDropped(int c) {
    if (c == 0xFFFD) {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }

  private static boolean isIdeograph(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
