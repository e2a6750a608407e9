package io.distillstream.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Opens UTF-8 as every file of texts is read: strictly, and without its byte order mark. */
final class TextLines {
  private static final int BYTE_ORDER_MARK = '\uFEFF';

  private TextLines() {}

  /** Waits for the first character. The reader owns the stream. */
  static BufferedReader open(String file, InputStream in) {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    try {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return reader;
    } catch (IOException e) {
      throw unreadable(file, 1, e);
    }
  }

  /**
   * @param line the first one that may be at fault: characters are decoded ahead of lines
   */
  static TextFileException unreadable(String file, long line, IOException cause) {
    return cause instanceof CharacterCodingException
        ? new TextFileException(file, line, "not UTF-8, here or further down", cause)
        : new TextFileException(file, line, "cannot be read: " + cause.getMessage(), cause);
  }
}
