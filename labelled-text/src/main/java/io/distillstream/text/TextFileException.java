package io.distillstream.text;

import org.jspecify.annotations.Nullable;

/** A file of texts that cannot be used; the message names the file and the line. */
public final class TextFileException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String file;
  private final long line;

  /** For what concerns the whole file. */
  public TextFileException(String file, String problem, @Nullable Throwable cause) {
    super("%s: %s".formatted(file, problem), cause);
    this.file = file;
    this.line = 0;
  }

  /**
   * @param line counted from 1
   */
  public TextFileException(String file, long line, String problem, @Nullable Throwable cause) {
    super("%s, line %d: %s".formatted(file, line, problem), cause);
    this.file = file;
    this.line = line;
  }

  public String file() {
    return file;
  }

  /** Counted from 1; 0 where the whole file is meant. */
  public long line() {
    return line;
  }
}
