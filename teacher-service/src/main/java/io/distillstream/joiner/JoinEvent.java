package io.distillstream.joiner;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import java.util.Locale;

/** What the joiner counts. */
enum JoinEvent {
  EXAMPLES_JOINED("Training examples joined."),
  DUPLICATES_DROPPED("Opinions of requests joined already, and second ones of a teacher."),
  GROUND_TRUTH_LATE("True labels of requests that were joined without them."),
  RECORDS_DEAD_LETTERED("Records that could not be joined and became dead letters.");

  private final String help;

  JoinEvent(String help) {
    this.help = help;
  }

  /** Its counter among those of the stage. */
  Counter counter(StageMetrics stage) {
    return stage.counter(name().toLowerCase(Locale.ROOT), help);
  }
}
