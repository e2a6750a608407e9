package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final GateBudgets BUDGETS = new GateBudgets(0.98, 0.99, 0.01, 0.3, 1.2, 0.8, 10);

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
  void shouldJudgeAnEncoderByDirections() {
    Gate gate = new Gate(BUDGETS, Task.ENCODER);

    assertThat(gate.qualityViolations(quality(10, 0, 0.995, 0))).isEmpty();
    assertThat(gate.qualityViolations(quality(10, 1, 0.98, 0)))
        .containsExactly("cosine 0.9800 is below 0.9900");
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
        new Quality(
            10,
            1,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            0,
            OptionalDouble.empty(),
            OptionalDouble.empty());

    assertThat(classifier().qualityViolations(broken)).containsExactly("answers are not finite");
    assertThat(new Gate(BUDGETS, Task.ENCODER).qualityViolations(broken))
        .containsExactly("answers are not finite", "cosine NaN is below 0.9900");
  }

  @Test
  void shouldRefuseBudgetsThatMeanNothing() {
    assertThatThrownBy(() -> new GateBudgets(1.1, 0, 0, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Agreement lies in [0.0, 1.0], was 1.1");
    assertThatThrownBy(() -> new GateBudgets(1, 0, 0, 0, 1, 1, 1))
        .hasMessage("Size ratio is positive, was 0.0");
  }

  private static Gate classifier() {
    return new Gate(BUDGETS, Task.CLASSIFIER);
  }

  private static Quality quality(int samples, double agreement, double cosine, double drop) {
    return new Quality(
        samples,
        agreement,
        cosine,
        0.1,
        0.1,
        30,
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
