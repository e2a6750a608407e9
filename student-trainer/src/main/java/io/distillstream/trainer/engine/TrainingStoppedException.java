package io.distillstream.trainer.engine;

import org.jspecify.annotations.Nullable;

/** Training cannot go on by itself; the last committed checkpoint stands. */
public final class TrainingStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingStoppedException(String message) {
    super(message);
  }

  public TrainingStoppedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
