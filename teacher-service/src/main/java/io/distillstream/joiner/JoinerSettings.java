package io.distillstream.joiner;

import java.time.Duration;

/**
 * How long the joiner waits, and for what.
 *
 * @param groundTruthWait from a request's first opinion, by the wall clock; zero: don't wait
 * @param expectedTeachers opinions that make a request complete
 * @param teacherWait from a request's first opinion, by the wall clock
 * @param retention how long a joined request id, or truth that came early, is remembered
 * @param threads stream threads
 */
public record JoinerSettings(
    Duration groundTruthWait,
    int expectedTeachers,
    Duration teacherWait,
    Duration retention,
    int threads) {

  public JoinerSettings {
    if (groundTruthWait.isNegative() || teacherWait.isNegative()) {
      throw new IllegalArgumentException(
          "Waits cannot be negative: " + groundTruthWait + ", " + teacherWait);
    }
    if (expectedTeachers < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "Expected at least one teacher and one thread, found "
              + expectedTeachers
              + " and "
              + threads);
    }
    if (retention.compareTo(groundTruthWait) < 0 || retention.compareTo(teacherWait) < 0) {
      throw new IllegalArgumentException(
          "The retention of " + retention + " is shorter than a wait, so duplicates would pass");
    }
  }
}
