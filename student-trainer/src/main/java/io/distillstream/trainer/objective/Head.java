package io.distillstream.trainer.objective;

import io.distillstream.trainer.student.StudentSpec;

/**
 * A linear map of hidden vectors that serves training alone.
 *
 * @param name of the map, and so of its output, starting with {@link #PREFIX}
 * @param columns of its output; {@link #CLASSES} for one per class
 */
public record Head(String name, int columns) {
  /** What names of heads start with. */
  public static final String PREFIX = "head.";

  /** Stands for a column per class of the student. */
  public static final int CLASSES = 0;

  public Head {
    if (!name.startsWith(PREFIX) || columns < 0) {
      throw new IllegalArgumentException("no head %s of %d columns".formatted(name, columns));
    }
  }

  /** Number of columns on students of this spec. */
  int columnsOn(StudentSpec spec) {
    return columns == CLASSES ? spec.classes() : columns;
  }
}
