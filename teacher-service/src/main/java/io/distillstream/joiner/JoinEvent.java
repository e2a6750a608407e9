package io.distillstream.joiner;

import java.util.Locale;

/** What the joiner counts. */
enum JoinEvent {
  EXAMPLES_JOINED,
  /** An opinion of a request that was joined already, or a teacher's second one. */
  DUPLICATES_DROPPED,
  /** Truth for a request that was joined without it. */
  GROUND_TRUTH_LATE,
  RECORDS_DEAD_LETTERED;

  /** Its name among the stage's counters. */
  String counter() {
    return name().toLowerCase(Locale.ROOT);
  }
}
