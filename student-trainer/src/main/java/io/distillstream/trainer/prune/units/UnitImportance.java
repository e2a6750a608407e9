package io.distillstream.trainer.prune.units;

import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.StudentWeights;

/** How much each weight of one matrix matters, to be summed over units. */
@SuppressWarnings("ArrayRecordComponent")
record UnitImportance(float[] values) {

  /** Of each weight; 0 of pruned ones, which have nothing to lose. */
  static UnitImportance of(String name, StudentWeights weights, PruningMemory memory) {
    boolean magnitude = memory.criterion() == Criterion.MAGNITUDE;
    float[] known = (magnitude ? weights.get(name) : memory.scores(name)).values();
    float[] values = new float[known.length];
    for (int i = 0; i < values.length; i++) {
      float score = magnitude ? Math.abs(known[i]) : known[i];
      values[i] = score == PruningMemory.PRUNED ? 0 : score;
    }
    return new UnitImportance(values);
  }

  /** Columns belong to units in turns of {@code width}; all units once per part. */
  void addColumns(double[] sums, int width) {
    for (int i = 0; i < values.length; i++) {
      sums[i / width % sums.length] += values[i];
    }
  }

  /** So many values in a row belong to each unit. */
  void addRows(double[] sums, int size) {
    for (int i = 0; i < values.length; i++) {
      sums[i / size] += values[i];
    }
  }
}
