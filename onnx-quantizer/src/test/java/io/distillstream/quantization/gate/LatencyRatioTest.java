package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatencyRatioTest {
  private long now;

  @Test
  void shouldCompareTheFastestCallPerSample() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      samples.add(new Sample(Map.of("x", TensorValue.of(new float[] {i}, 1))));
    }
    // The original takes i · 10, the candidate i · 5; each one's first round is disturbed.
    LatencyRatio ratio = LatencyRatio.measure(new Timed(10), new Timed(5), samples, 2, () -> now);

    assertThat(ratio.original()).isEqualTo(new Latency(105, 190));
    assertThat(ratio.candidate()).isEqualTo(new Latency(52.5, 95));
    assertThat(ratio.median()).isCloseTo(0.5, within(1e-12));
    assertThat(ratio.p95()).isCloseTo(0.5, within(1e-12));
  }

  /** Takes as long as its sample says, and longer in its first calls. */
  private final class Timed implements LoadedModel {
    private static final int DISTURBED_CALLS = 28;
    private final int factor;
    private int calls;

    Timed(int factor) {
      this.factor = factor;
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
      now += (long) (factor * x.floats()[0]) + (++calls <= DISTURBED_CALLS ? 1_000 : 0);
      return Map.of("y", x);
    }

    @Override
    public void close() {}
  }
}
