package io.distillstream.trainer.settings;

import io.distillstream.trainer.student.Activations;
import io.distillstream.trainer.student.StudentSpec;

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
        NATIVE_COPIES * weights + activationBytes(spec, tokens),
        weights);
  }

  /** Of a step, which holds those of a part of a large batch at a time, at least of one text. */
  private static long activationBytes(StudentSpec spec, double tokens) {
    long perToken = Activations.bytesPerVector(spec);
    return Math.min(
        (long) (tokens * perToken),
        Math.max(Activations.MAX_BYTES, perToken * spec.vectors(spec.maxTokens())));
  }
}
