package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;

/**
 * One batch as a family's network takes it, and the network's forward pass over it up to the hidden
 * vectors. Holds heap arrays alone.
 */
interface ForwardPass {
  /**
   * Prepares a batch.
   *
   * @throws IllegalArgumentException if these are no inputs for such a student
   */
  static ForwardPass of(StudentSpec spec, TokenInputs inputs) {
    return switch (spec.family()) {
      case TRANSFORMER -> TransformerPass.of((TransformerSpec) spec, inputs);
      case CAUSAL -> CausalPass.of((CausalTransformerSpec) spec, inputs);
      case NGRAM -> NgramPass.of((NgramSpec) spec, inputs);
    };
  }

  /** Number of hidden vectors, and so of rows of logits. */
  int rows();

  /** Which rows of the row table the batch picks, each once. */
  int[] words();

  /** What the batch's texts are made of. */
  WordVectors vectors();

  /** Hidden vectors {@code [rows, width]}, attached to the step of {@code layers}. */
  NDArray hidden(Layers layers);
}
