package io.distillstream.trainer.engine;

/** What a batch of records shows the student. */
public sealed interface Inputs permits TokenInputs, TensorInputs {
  /** Number of records. */
  int size();
}
