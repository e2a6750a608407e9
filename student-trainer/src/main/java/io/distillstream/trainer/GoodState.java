package io.distillstream.trainer;

import io.distillstream.trainer.engine.StudentState;

/**
 * A student together with the account of what it was trained on: what a checkpoint holds, and what
 * training goes back to after a divergence.
 *
 * @param cut of the learning rate that was in force
 */
public record GoodState(StudentState state, Lineage lineage, RateCut cut) {

  /**
   * @throws IllegalArgumentException if the student and the account disagree on the records
   */
  public GoodState {
    if (state.progress().records() != lineage.records()) {
      throw new IllegalArgumentException(
          "the student learned %d records, its lineage says %d"
              .formatted(state.progress().records(), lineage.records()));
    }
  }
}
