package io.distillstream.foundation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that was named for something cannot be used for it; the message names the file first. */
public final class InvalidFileException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param problem what is wrong with it and what is expected, as the rest of a sentence
   */
  public InvalidFileException(Path file, String problem) {
    super("'" + file + "' " + problem);
  }

  /** A file that could not be read. */
  public static InvalidFileException unreadable(Path file, IOException e) {
    return new InvalidFileException(file, "cannot be read: " + reason(e));
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException ? "permission denied" : e.toString();
  }
}
