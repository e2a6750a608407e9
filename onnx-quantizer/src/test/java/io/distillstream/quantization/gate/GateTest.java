package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final GateBudgets BUDGETS =
      new GateBudgets(0.98, 0.99, 0.05, 0.01, 0.3, 1.2, 0.8, 10);

  @Test
  void shouldPassWhatHoldsEveryBudget() {
    Verdict verdict =
        classifier().judge(measured(quality(10, 0.98, 0.5, 0.0078125), 0.3, ratio(0.9, 1.2), 0.8));

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.warnings()).isEmpty();
  }

  @Test
  void shouldNameEveryBudgetThatDoesNotHold() {
    Verdict verdict =
        classifier().judge(measured(quality(9, 0.97, 1, 0.02), 0.31, ratio(1, 1.3), 0.9));

    assertThat(verdict.violations())
        .containsExactly(
            "only 9 samples to judge by, need 10",
            "agreement 0.9700 is below 0.9800",
            "accuracy drop 0.0200 is above 0.0100",
            "size ratio 0.3100 is above 0.3000",
            "p95 latency ratio 1.300 is above 1.200",
            "peak memory ratio 0.900 is above 0.800");
  }

  @Test
  void shouldJudgeVectorsByDirectionsAndByWhatTheyAreOff() {
    assertThat(violations(output("v", OutputKind.VECTORS, 0, 0.995, 0.05))).isEmpty();
    assertThat(violations(output("v", OutputKind.VECTORS, 1, 0.98, 0.06)))
        .containsExactly(
            "cosine 0.9800 is below 0.9900", "error 0.0600 of the output's range is above 0.0500");
  }

  @Test
  void shouldJudgeEveryOutputAndNameTheOneThatFails() {
    assertThat(
            violations(
                output("logits", OutputKind.SCORES, 0.28, 0.9999, 0.01),
                output("cache", OutputKind.VALUES, 0, 0, 0.04),
                output("ids", OutputKind.INDICES, 0.9, 1, 0)))
        .containsExactly(
            "output logits: agreement 0.2800 is below 0.9800",
            "output ids: agreement 0.9000 is below 0.9800");
  }

  @Test
  void shouldNotPassAnswersOfAnotherShape() {
    assertThat(
            violations(new OutputQuality("y", OutputKind.VALUES, 1, 1, 0, 0, 0, /* reshaped= */ 3)))
        .containsExactly("another shape than the original's on 3 samples");
  }

  @Test
  void shouldSayWhenWhatPassesIsSlowerThanFp32() {
    Verdict verdict =
        classifier().judge(measured(quality(10, 1, 1, 0), 0.25, ratio(1.1, 1.15), 0.5));

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.warnings())
        .containsExactly("slower than fp32 on this machine: median latency ratio 1.100, p95 1.150");
  }

  @Test
  void shouldNotPassAnswersThatAreNotNumbers() {
    Quality broken =
        quality(
            10,
            List.of(
                new OutputQuality(
                    "y",
                    OutputKind.VECTORS,
                    1,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    0)));

    assertThat(classifier().qualityViolations(broken))
        .containsExactly(
            "answers are not finite",
            "cosine NaN is below 0.9900",
            "error NaN of the output's range is above 0.0500");
  }

  @Test
  void shouldRefuseBudgetsThatMeanNothing() {
    assertThatThrownBy(() -> new GateBudgets(1.1, 0, 1, 0, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Agreement lies in [0.0, 1.0], was 1.1");
    assertThatThrownBy(() -> new GateBudgets(1, 0, 1, 0, 0, 1, 1, 1))
        .hasMessage("Size ratio is positive, was 0.0");
  }

  private static Gate classifier() {
    return new Gate(BUDGETS);
  }

  private static List<String> violations(OutputQuality... outputs) {
    return classifier().qualityViolations(quality(10, List.of(outputs)));
  }

  private static OutputQuality output(
      String name, OutputKind kind, double agreement, double cosine, double rangeError) {
    return new OutputQuality(name, kind, agreement, cosine, rangeError, 1e-3, 0.1, 0);
  }

  private static Quality quality(int samples, List<OutputQuality> outputs) {
    return new Quality(samples, outputs, 0, OptionalDouble.empty(), OptionalDouble.empty());
  }

  private static Quality quality(int samples, double agreement, double cosine, double drop) {
    return new Quality(
        samples,
        List.of(output("logits", OutputKind.SCORES, agreement, cosine, 0.5)),
        samples,
        OptionalDouble.of(0.75),
        OptionalDouble.of(0.75 - drop));
  }

  private static LatencyRatio ratio(double median, double p95) {
    return new LatencyRatio(new Latency(1, 1), new Latency(median, p95), median, p95);
  }

  private static Measurements measured(
      Quality quality, double sizeRatio, LatencyRatio latency, double memoryRatio) {
    return new Measurements(
        quality, 100, sizeRatio, Optional.of(latency), OptionalDouble.of(memoryRatio));
  }
}
