package io.distillstream.trainer.settings;

import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;

/**
 * What training a student usually takes of memory, estimated from its shape.
 *
 * @param heapBytes on the Java heap: weights, moments, average and gradients, what a checkpoint
 *     under way reads meanwhile, and what is remembered
 * @param nativeBytes beside it: a step's weights, gradients and activations, and the check of an
 *     exported model
 * @param modelBytes of the exported model
 */
public record TrainingMemory(long heapBytes, long nativeBytes, long modelBytes) {
  /**
   * Weights, two moments, average, gradients; weights that are replaced while a checkpoint has
   * them; and the model that is made of these.
   */
  private static final int HEAP_COPIES = 7;

  /** Weights and gradients of a step; the exporter's weights, or its model while that loads. */
  private static final int NATIVE_COPIES = 4;

  /** Of the tokens that each text may have, so many are there on average. */
  private static final double FILLED = 1.0 / 3;

  /**
   * Of a student.
   *
   * @param rows that a step learns together, replayed ones among them
   * @param remembered bytes of the replay memory
   */
  public static TrainingMemory of(StudentSpec spec, int rows, long remembered) {
    long weights = spec.size() * Float.BYTES;
    double tokens = FILLED * rows * spec.vectors(spec.maxTokens());
    return new TrainingMemory(
        HEAP_COPIES * weights + remembered,
        NATIVE_COPIES * weights + (long) (tokens * activationBytes(spec)),
        weights);
  }

  /** What the backward pass needs of each token. */
  private static long activationBytes(StudentSpec spec) {
    long values = 4L * spec.width();
    if (spec instanceof TransformerSpec transformer) {
      for (BlockShape block : transformer.blocks()) {
        values += 12L * spec.width() + 4L * block.feedForward();
      }
    }
    return values * Float.BYTES;
  }
}
