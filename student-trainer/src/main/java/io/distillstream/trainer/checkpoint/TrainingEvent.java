package io.distillstream.trainer.checkpoint;

import java.time.Instant;
import java.util.Map;

/**
 * Something an operator should know of a student's training.
 *
 * @param version of the newest checkpoint handed over when it happened; 0 before the first
 * @param records learned when it happened
 * @param message for people
 * @param details figures by name
 */
public record TrainingEvent(
    Kind kind,
    long version,
    long records,
    String message,
    Map<String, Double> details,
    Instant at) {

  /** What happened. */
  public enum Kind {
    /** The stream changed; temperature and learning rate went up again. */
    DRIFT,
    /** The student was pruned, as its plan says. */
    PRUNED,
    /** A step diverged; training went back to the last good state, at a lower learning rate. */
    ROLLBACK,
    /** Training gave up; the last checkpoint stands. */
    STOPPED;

    /** Whether it is still true once training went back to before it. */
    public boolean outlastsRollback() {
      return this == ROLLBACK || this == STOPPED;
    }
  }

  public TrainingEvent {
    details = Map.copyOf(details);
  }
}
