package io.distillstream.joiner;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;

/** What the joiner counts. */
enum JoinEvent {
  EXAMPLES_JOINED,
  CORRECTIONS_JOINED,
  OPINIONS_MISSING,
  EXAMPLES_DISPUTED,
  WAITS_CUT_SHORT,
  DUPLICATES_DROPPED,
  GROUND_TRUTH_LATE,
  RECORDS_DEAD_LETTERED;

  /** Its counter among those of the stage. */
  Counter counter(StageMetrics stage) {
    return switch (this) {
      case EXAMPLES_JOINED -> stage.counter("examples_joined", "Training examples joined.");
      case CORRECTIONS_JOINED ->
          stage.counter(
              "corrections_joined",
              "Examples sent again with the true label, which came after they were joined.");
      case OPINIONS_MISSING ->
          stage.counter(
              "opinions_missing",
              "Opinions of teachers that were expected and not there when nothing more was waited"
                  + " for.");
      case EXAMPLES_DISPUTED ->
          stage.counter(
              "examples_disputed", "Examples whose teachers' most probable classes differ.");
      case WAITS_CUT_SHORT ->
          stage.counter(
              "waits_cut_short",
              "Requests joined before their time, since more waited than there is room for.");
      case DUPLICATES_DROPPED ->
          stage.counter(
              "duplicates_dropped",
              "Opinions of requests joined already, and second ones of a teacher.");
      case GROUND_TRUTH_LATE ->
          stage.counter(
              "ground_truth_late",
              "True labels of requests joined already, of which no correction was made.");
      case RECORDS_DEAD_LETTERED -> stage.deadLetters();
    };
  }
}
