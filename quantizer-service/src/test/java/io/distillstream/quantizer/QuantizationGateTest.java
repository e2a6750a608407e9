package io.distillstream.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuantizationGateTest {
  private static final GateBudgets BUDGETS = new GateBudgets(0.98, 0.27, 1.5, 10, 3);
  private static final List<int[]> INPUTS =
      IntStream.range(0, 100).mapToObj(i -> new int[] {i}).toList();

  private final AtomicLong clock = new AtomicLong();

  @Test
  void shouldPassWhatAgreesIsSmallAndFast() {
    // 2 of 100 inputs change their class, with a logit off by 3 at most.
    Answering candidate =
        new Answering(30, input -> input < 2 ? new float[] {0, 3} : new float[] {1, 0.5f});

    GateVerdict verdict = judge(candidate, INPUTS, 0.26);

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.samples()).isEqualTo(100);
    assertThat(verdict.agreement()).isEqualTo(0.98);
    assertThat(verdict.maxAbsDifference()).isEqualTo(3);
    assertThat(verdict.sizeRatio()).isEqualTo(0.26);
    assertThat(verdict.latencyRatio()).isCloseTo(1.5, within(1e-9));
  }

  @Test
  void shouldNameEveryBudgetThatIsBroken() {
    Answering candidate =
        new Answering(40, input -> input < 5 ? new float[] {0, 1} : new float[] {1, 0});

    GateVerdict verdict = judge(candidate, INPUTS, 0.5);

    assertThat(verdict.violations())
        .containsExactly(
            "agreement 0.9500 is below 0.9800",
            "size ratio 0.5000 is above 0.2700",
            "latency ratio 2.000 is above 1.500");
  }

  @Test
  void shouldCompareMediansSoThatOnePauseDoesNotCount() {
    Answering candidate = new Answering(20, input -> new float[] {1, 0});
    AtomicLong calls = new AtomicLong();
    TextModel pausing =
        new Answering(
            20,
            input -> {
              clock.addAndGet(calls.incrementAndGet() % 10 == 0 ? 1_000_000 : 0);
              return candidate.answer(input);
            });

    assertThat(judge(pausing, INPUTS, 0.1).latencyRatio()).isEqualTo(1);
  }

  @Test
  void shouldNotTrustTooFewInputs() {
    GateVerdict verdict =
        judge(new Answering(1, input -> new float[] {1, 0}), INPUTS.subList(0, 9), 0.1);

    assertThat(verdict.violations()).containsExactly("only 9 inputs to judge by, need 10");
    assertThat(judge(new Answering(1, input -> new float[0]), List.of(), 0.1).violations())
        .containsExactly("only 0 inputs to judge by, need 10");
  }

  @Test
  void shouldNotPassLogitsThatAreNotNumbers() {
    GateVerdict verdict =
        judge(
            new Answering(20, input -> new float[] {1, input == 50 ? Float.NaN : 0}), INPUTS, 0.1);

    assertThat(verdict.violations()).containsExactly("logits are not finite");
  }

  private GateVerdict judge(TextModel candidate, List<int[]> inputs, double sizeRatio) {
    return new QuantizationGate(BUDGETS, clock::get)
        .judge(new Answering(20, input -> new float[] {1, 0}), candidate, inputs, sizeRatio);
  }

  /** Takes a given time for each answer. */
  private final class Answering implements TextModel {
    private final long nanos;
    private final Function<Integer, float[]> answers;

    Answering(long nanos, Function<Integer, float[]> answers) {
      this.nanos = nanos;
      this.answers = answers;
    }

    float[] answer(int input) {
      return answers.apply(input);
    }

    @Override
    public float[] run(int[] tokens) {
      clock.addAndGet(nanos);
      return answer(tokens[0]);
    }

    @Override
    public void close() {}
  }
}
