package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.StudentSpec;

/**
 * A student that learns one batch at a time.
 *
 * <p>It owns its weights, optimizer moments and whatever native memory holds them, until {@link
 * #close()}. Not thread-safe: one thread uses it from the first call to the last. The same states,
 * batches and settings in the same order give the same bits.
 */
public interface StudentEngine extends AutoCloseable {

  StudentSpec spec();

  /** Records learned since the fresh start; the position in every schedule. */
  long recordsLearned();

  /** Optimizer steps since the fresh start. */
  long steps();

  /**
   * Forward pass only.
   *
   * @return logits {@code [rows, classes]}; a classifier has one row per record
   * @throws IllegalArgumentException if these are no inputs for such a student
   */
  float[][] logits(Inputs inputs);

  /**
   * Scores the batch, then learns it, in one forward pass and one backward pass.
   *
   * @throws DivergedStepException if the loss or a gradient is not finite, or the loss leaps beyond
   *     {@link StepSettings#spikeFactor}. The update was not applied. The weights themselves may
   *     have been the cause: {@link #restore} a state known to be good before going on.
   */
  StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException;

  /** Copies everything that the next steps depend on to the heap. */
  StudentState snapshot();

  /**
   * Continues from {@code state}, bit for bit.
   *
   * @throws IllegalArgumentException if the state belongs to another spec
   */
  void restore(StudentState state);

  @Override
  void close();
}
