package io.distillstream.artifacts.incumbent;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a student answered held-out requests, see {@link Score}.
 *
 * @param soft {@code [requests]}
 * @param hard {@code [requests]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Scores(double[] soft, double[] hard) {

  public static Scores of(List<Score> scores) {
    return new Scores(
        scores.stream().mapToDouble(Score::soft).toArray(),
        scores.stream().mapToDouble(Score::hard).toArray());
  }

  /**
   * Scores answers.
   *
   * @param logits {@code [requests][classes]}
   */
  public static Scores of(List<HeldOut> requests, float[][] logits) {
    if (requests.size() != logits.length) {
      throw new IllegalArgumentException(
          "expected answers to %d requests, got %d".formatted(requests.size(), logits.length));
    }
    return of(
        IntStream.range(0, logits.length)
            .mapToObj(i -> Score.of(requests.get(i), logits[i]))
            .toList());
  }
}
