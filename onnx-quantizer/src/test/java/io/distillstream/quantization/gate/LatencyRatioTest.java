package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyRatioTest {
  private static final int ROUND = 20;
  private static final List<Sample> SAMPLES =
      IntStream.rangeClosed(1, ROUND)
          .mapToObj(i -> new Sample(Map.of("x", TensorValue.of(new float[] {i}, 1))))
          .toList();
  private long now;

  @Test
  void shouldCompareTheFastestCallPerSample() {
    // The original takes i · 10, the candidate i · 5; each one's first round is disturbed.
    LatencyRatio ratio = measure(new Timed(10, ROUND), new Timed(5, ROUND), 1.5);

    assertThat(ratio.original()).isEqualTo(new Latency(105, 190));
    assertThat(ratio.candidate()).isEqualTo(new Latency(52.5, 95));
    assertThat(ratio.median()).isCloseTo(0.5, within(1e-12));
    assertThat(ratio.p95()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void shouldNotRefuseForAStutter() {
    Timed original = new Timed(10, 0);
    Timed stuttering = new Timed(5, 3 * ROUND);
    LatencyRatio ratio = measure(original, stuttering, 1.5);

    assertThat(ratio.p95()).isCloseTo(0.5, within(1e-12));
    assertThat(original.rounds()).isEqualTo(4);
    assertThat(stuttering.rounds()).isEqualTo(4);
  }

  @Test
  void shouldRefuseWhatIsSlowHoweverOftenItIsTimed() {
    Timed slow = new Timed(20, 0);
    LatencyRatio ratio = measure(new Timed(10, 0), slow, 1.5);

    assertThat(ratio.p95()).isCloseTo(2, within(1e-12));
    assertThat(slow.rounds()).isEqualTo(10);
  }

  private LatencyRatio measure(LoadedModel original, LoadedModel candidate, double largestP95) {
    return LatencyRatio.measure(original, candidate, SAMPLES, 2, largestP95, () -> now);
  }

  /** Takes as long as its sample says, and longer in its first calls. */
  private final class Timed implements LoadedModel {
    private static final int WARM_UP_CALLS = 8;
    private final int factor;
    private final int disturbed;
    private int calls;

    Timed(int factor, int disturbed) {
      this.factor = factor;
      this.disturbed = disturbed;
    }

    int rounds() {
      return (calls - WARM_UP_CALLS) / SAMPLES.size();
    }

    @Override
    public Set<String> inputNames() {
      return Set.of("x");
    }

    @Override
    public Set<String> outputNames() {
      return Set.of("y");
    }

    @Override
    public Map<String, TensorValue> run(Sample sample) {
      TensorValue x = Objects.requireNonNull(sample.inputs().get("x"));
      now += (long) (factor * x.floats()[0]) + (++calls <= WARM_UP_CALLS + disturbed ? 1_000 : 0);
      return Map.of("y", x);
    }

    @Override
    public void close() {}
  }
}
