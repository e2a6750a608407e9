package io.distillstream.quantization.search;

import java.util.Comparator;
import java.util.List;

/**
 * What comes of a search.
 *
 * @param best the best that passed; where none did, the one that came nearest
 * @param reason one sentence
 */
public record Choice(Attempt best, String reason) {

  /** Whether the best one passed, and so may be published. */
  public boolean passed() {
    return best.verdict().passed();
  }

  /**
   * Chooses.
   *
   * @param attempts at least one
   */
  public static Choice among(List<Attempt> attempts, ChoiceCriterion objective) {
    return attempts.stream()
        .filter(attempt -> attempt.verdict().passed())
        .min(objective.order())
        .map(best -> new Choice(best, chosen(best, attempts, objective)))
        .orElseGet(() -> nearest(attempts));
  }

  private static String chosen(Attempt best, List<Attempt> attempts, ChoiceCriterion objective) {
    long passed = attempts.stream().filter(attempt -> attempt.verdict().passed()).count();
    String why =
        passed == 1
            ? "the only one of %d that passed".formatted(attempts.size())
            : "the %s of %d that passed"
                .formatted(objective == ChoiceCriterion.SMALLEST ? "smallest" : "fastest", passed);
    return "Chosen: %s, %s".formatted(best.describe(), why);
  }

  private static Choice nearest(List<Attempt> attempts) {
    Attempt best =
        attempts.stream()
            .min(
                Comparator.comparing(Attempt::isRefused)
                    .thenComparingInt(attempt -> attempt.verdict().violations().size())
                    .thenComparingDouble(attempt -> -attempt.measured().quality().signalToNoise()))
            .orElseThrow();
    return new Choice(
        best,
        "None of %d passed. The nearest, %s: %s"
            .formatted(
                attempts.size(), best.describe(), String.join("; ", best.verdict().violations())));
  }
}
