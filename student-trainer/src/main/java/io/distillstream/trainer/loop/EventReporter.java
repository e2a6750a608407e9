package io.distillstream.trainer.loop;

import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.steering.Drift;
import java.time.Clock;
import java.util.Map;

/** Puts into words what happens to training; tells the listener at once, the log with the span. */
final class EventReporter {
  private final TrainedSpan span;
  private final TrainingListener listener;
  private final Clock clock;

  EventReporter(TrainedSpan span, TrainingListener listener, Clock clock) {
    this.span = span;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * When something happened.
   *
   * @param version of the newest checkpoint handed over
   * @param records learned
   */
  record Moment(long version, long records) {}

  void pruned(Moment moment, PruningLevel level) {
    happened(
        TrainingEvent.Kind.PRUNED,
        moment,
        "%.1f %% of the prunable weights are 0, %.1f %% of the blocks' parameters and %.1f %% of the word table's rows gone; %d parameters are left, %d of them 0"
            .formatted(
                100 * level.sparsity(),
                100 * level.unitsRemoved(),
                100 * level.rowsRemoved(),
                level.parameters(),
                level.pruned()),
        Map.of(
            "sparsity",
            level.sparsity(),
            "units_removed",
            level.unitsRemoved(),
            "rows_removed",
            level.rowsRemoved(),
            "parameters",
            (double) level.parameters(),
            "parameters_pruned",
            (double) level.pruned()));
  }

  /**
   * The stream changed.
   *
   * @param next settings from now on
   */
  void drifted(Moment moment, Drift drift, StepSettings next) {
    happened(
        TrainingEvent.Kind.DRIFT,
        moment,
        "agreement fell from %.3f to %.3f some %d records ago; temperature is %.2f and learning rate %.2e from now on"
            .formatted(
                drift.before(),
                drift.after(),
                drift.records(),
                next.temperature(),
                next.learningRate()),
        Map.of(
            "agreement_before", drift.before(),
            "agreement_after", drift.after(),
            "records_since", (double) drift.records(),
            "temperature", next.temperature(),
            "learning_rate", next.learningRate()));
  }

  /**
   * Training went back.
   *
   * @param records learned in the state that it went back to
   */
  void rolledBack(Moment moment, String reason, long records) {
    happened(
        TrainingEvent.Kind.ROLLBACK,
        moment,
        "%s; back to %d records".formatted(reason, records),
        Map.of("records_after", (double) records));
  }

  void stopped(Moment moment, String reason) {
    happened(TrainingEvent.Kind.STOPPED, moment, reason, Map.of());
  }

  private void happened(
      TrainingEvent.Kind kind, Moment moment, String message, Map<String, Double> details) {
    TrainingEvent event =
        new TrainingEvent(
            kind, moment.version(), moment.records(), message, details, clock.instant());
    span.happened(event);
    listener.happened(event);
  }
}
