package io.distillstream.joiner;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;

/** What the joiner counts. */
enum JoinEvent {
  EXAMPLES_JOINED,
  DUPLICATES_DROPPED,
  GROUND_TRUTH_LATE,
  RECORDS_DEAD_LETTERED;

  /** Its counter among those of the stage. */
  Counter counter(StageMetrics stage) {
    return switch (this) {
      case EXAMPLES_JOINED -> stage.counter("examples_joined", "Training examples joined.");
      case DUPLICATES_DROPPED ->
          stage.counter(
              "duplicates_dropped",
              "Opinions of requests joined already, and second ones of a teacher.");
      case GROUND_TRUTH_LATE ->
          stage.counter(
              "ground_truth_late", "True labels of requests that were joined without them.");
      case RECORDS_DEAD_LETTERED -> stage.deadLetters();
    };
  }
}
