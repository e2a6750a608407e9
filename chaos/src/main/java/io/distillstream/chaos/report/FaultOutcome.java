package io.distillstream.chaos.report;

import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.Map;

/**
 * A fault that happened.
 *
 * @param fault its kind
 * @param recovered how long each stage took from its end until its output went on; those that did
 *     not recover are missing
 */
public record FaultOutcome(
    String fault, Stage target, Duration duration, Map<Stage, Duration> recovered) {
  public FaultOutcome {
    recovered = Map.copyOf(recovered);
  }
}
