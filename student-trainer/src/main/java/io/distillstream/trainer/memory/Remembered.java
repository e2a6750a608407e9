package io.distillstream.trainer.memory;

import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loss.SoftTarget;

/**
 * What is kept of an example: the input with the teacher's own soft target, so that to learn it
 * again is to learn the teacher and not the student's memory of it. The arrays are taken over, not
 * copied; they are read only.
 *
 * @param tokens word-piece ids, at least one
 * @param target what the teacher said
 * @param embedding the teacher's, empty where it gave none
 * @param truth index of the human label, or {@link
 *     io.distillstream.trainer.batch.TrainingBatch#UNKNOWN}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Remembered(int[] tokens, SoftTarget target, float[] embedding, int truth) {

  public Remembered {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("expected at least one token");
    }
  }

  public static Remembered of(Example example) {
    return new Remembered(example.tokens(), example.target(), example.embedding(), example.truth());
  }
}
