package io.distillstream.teacher.fit;

import java.nio.file.Path;

/** A labelled file cannot be read. The message names the file and, where there is one, the line. */
public final class LabelledFileException extends RuntimeException {
  LabelledFileException(Path file, String problem) {
    super("%s: %s".formatted(file, problem));
  }

  /**
   * @param line counted from 1
   */
  LabelledFileException(Path file, int line, String problem) {
    super("%s:%d: %s".formatted(file, line, problem));
  }
}
