package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.ConvolutionSpec;
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
  static ForwardPass of(StudentSpec spec, Inputs inputs) {
    if (spec instanceof TransformerSpec transformer) {
      return TransformerPass.of(transformer, inputs);
    }
    if (spec instanceof CausalTransformerSpec causal) {
      return CausalPass.of(causal, inputs);
    }
    if (spec instanceof NgramSpec ngram) {
      return NgramPass.of(ngram, inputs);
    }
    if (spec instanceof ConvolutionSpec convolution) {
      return ConvolutionPass.of(convolution, inputs);
    }
    throw new IllegalArgumentException("no network for " + spec);
  }

  /** Number of hidden vectors, and so of rows of logits. */
  int rows();

  /** Which rows of the row table the batch picks, each once; none without such a table. */
  int[] words();

  /**
   * What the batch's texts are made of.
   *
   * @throws IllegalArgumentException if the records are no texts
   */
  WordVectors vectors();

  /** Hidden vectors {@code [rows, width]}, attached to the step of {@code layers}. */
  NDArray hidden(Layers layers);
}
