package io.distillstream.quantization.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CalibratorTest {
  private static final CalibrationSettings MIN_MAX =
      CalibrationSettings.of(CalibrationMethod.MIN_MAX);
  private static final List<String> ALL = List.of("x", "doubled", "rectified", "y");

  /** rectified = max(2x, 0); y = rectified + 1. */
  private static OnnxModel model() {
    GraphBuilder graph =
        GraphBuilder.named("small")
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of("n"))
            .initializer(Tensor.scalar("two", 2f))
            .initializer(Tensor.scalar("one", 1f));
    graph.node("Mul", List.of("x", "two"), "doubled");
    graph.node("Relu", List.of("doubled"), "rectified");
    graph.node("Cast", List.of("rectified"), "whole", Attribute.castTo(ElementType.INT64));
    graph.node("Add", List.of("rectified", "one"), "y");
    return graph.build(Map.of());
  }

  private static Sample sample(float... values) {
    return new Sample(Map.of("x", TensorValue.of(values, 1, values.length)));
  }

  @Test
  void shouldFindTheRangesOfInputsInnerValuesAndOutputs() {
    try (Calibrator calibrator = new Calibrator(model(), ALL, MIN_MAX)) {
      calibrator.observe(sample(-3, 0.5f));
      calibrator.observe(sample(2, 1, -1));

      assertThat(calibrator.samples()).isEqualTo(2);
      assertThat(calibrator.ranges().byTensor())
          .containsOnly(
              Map.entry("x", new Range(-3, 2)),
              Map.entry("doubled", new Range(-6, 4)),
              Map.entry("rectified", new Range(0, 4)),
              Map.entry("y", new Range(0, 5)));
    }
  }

  @Test
  void shouldHoldAsMuchAfterManySamplesAsAfterFew() {
    try (Calibrator calibrator = new Calibrator(model(), ALL, MIN_MAX)) {
      long begin = calibrator.stateBytes();
      observe(calibrator, 0, 100);
      long few = calibrator.stateBytes();
      observe(calibrator, 100, 10_000);

      assertThat(calibrator.samples()).isEqualTo(10_000);
      assertThat(calibrator.stateBytes())
          .isEqualTo(few)
          .isEqualTo(begin)
          .isBetween(4 * 32_768L, 4 * 33_000L);
    }
  }

  /** Samples {@code from} to {@code to} of a sequence that is always the same. */
  private static void observe(Calibrator calibrator, int from, int to) {
    float[] values = Activations.HEAVY.draw();
    for (int i = from; i < to; i++) {
      int start = 2 * i % values.length;
      calibrator.observe(sample(Arrays.copyOfRange(values, start, start + 2)));
    }
  }

  @Test
  void shouldDivideRunsThatLeaveTooMuchInMemory() {
    CalibrationSettings little = MIN_MAX.withMaxTapBytes(2 * 4 * Float.BYTES);
    try (Calibrator calibrator = new Calibrator(model(), ALL, little);
        Calibrator whole = new Calibrator(model(), ALL, MIN_MAX)) {
      for (Calibrator each : List.of(calibrator, whole)) {
        each.observe(sample(1, 2));
        each.observe(sample(-1, 2, 3, 4));
        each.observe(sample(-5, 6, 7, 8));
      }

      assertThat(calibrator.runsPerSample()).isEqualTo(2);
      assertThat(whole.runsPerSample()).isEqualTo(1);
      assertThat(calibrator.ranges()).isEqualTo(whole.ranges());
      assertThat(calibrator.ranges().of("y")).contains(new Range(0, 17));
    }
  }

  @Test
  void shouldRunATensorByItselfHoweverLargeItIs() {
    try (Calibrator calibrator = new Calibrator(model(), ALL, MIN_MAX.withMaxTapBytes(1))) {
      calibrator.observe(sample(1, 2));
      calibrator.observe(sample(1, 3));

      assertThat(calibrator.runsPerSample()).isEqualTo(3);
      assertThat(calibrator.ranges().of("doubled")).contains(new Range(0, 6));
    }
  }

  @Test
  void shouldGoOnFromAStoredState() throws IOException {
    byte[] stored;
    try (Calibrator calibrator = new Calibrator(model(), ALL, MIN_MAX)) {
      observe(calibrator, 0, 300);
      stored = bytes(calibrator.state());
    }
    CalibrationState read = CalibrationState.readFrom(new ByteArrayInputStream(stored));
    try (Calibrator resumed = new Calibrator(model(), read, MIN_MAX);
        Calibrator unbroken = new Calibrator(model(), ALL, MIN_MAX)) {
      observe(resumed, 300, 500);
      observe(unbroken, 0, 500);

      assertThat(bytes(resumed.state())).isEqualTo(bytes(unbroken.state()));
    }
  }

  @Test
  void shouldMergeToWhatOneWouldHaveSeen() {
    try (Calibrator first = new Calibrator(model(), ALL, MIN_MAX);
        Calibrator second = new Calibrator(model(), ALL, MIN_MAX);
        Calibrator both = new Calibrator(model(), ALL, MIN_MAX)) {
      observe(first, 0, 300);
      observe(second, 300, 500);
      observe(both, 0, 500);
      CalibrationState merged = first.state().mergedWith(second.state());

      assertThat(merged.samples()).isEqualTo(500);
      for (CalibrationMethod method : CalibrationMethod.values()) {
        CalibrationSettings settings = CalibrationSettings.of(method);
        ActivationRanges expected = both.state().ranges(settings);
        expected
            .byTensor()
            .forEach(
                (tensor, range) -> {
                  Range actual = merged.ranges(settings).of(tensor).orElseThrow();
                  // Moving averages are sums in another order, the others are the same bit for bit.
                  float tolerance = method == CalibrationMethod.MOVING_AVERAGE ? 1e-6f : 0;
                  assertThat(actual.min()).isCloseTo(range.min(), within(tolerance));
                  assertThat(actual.max()).isCloseTo(range.max(), within(tolerance));
                });
      }
    }
  }

  @Test
  void shouldFollowTrafficThatChanges() {
    try (Calibrator live = new Calibrator(model(), ALL, MIN_MAX.withHalfLifeSamples(10))) {
      live.observe(sample(1000, -1000));
      for (int i = 0; i < 300; i++) {
        live.observe(sample(1, -1));
      }

      Range range = live.ranges().of("x").orElseThrow();
      assertThat(range.contains(new Range(-1, 1))).isTrue();
      assertThat(new Range(-1.1f, 1.1f).contains(range)).isTrue();
      // Weights 1 + f + f² + … with f = 2^(−1/10), two values a sample.
      assertThat(live.state().histogram("x").orElseThrow().total())
          .isCloseTo(2 / (1 - Math.pow(2, -0.1)), within(0.5));
    }
  }

  @Test
  void shouldLetAStateFadeBeforeOthersAreMergedIn() {
    try (Calibrator old = new Calibrator(model(), List.of("x"), MIN_MAX);
        Calibrator recent = new Calibrator(model(), List.of("x"), MIN_MAX)) {
      old.observe(sample(100, 1));
      recent.observe(sample(2, 3));

      CalibrationState faded = old.state().faded(0.25).mergedWith(recent.state());
      CalibrationState forgotten = old.state().faded(1e-4).mergedWith(recent.state());

      assertThat(faded.histogram("x").orElseThrow().total()).isEqualTo(2.5);
      assertThat(faded.ranges(MIN_MAX).of("x")).contains(new Range(0, 100));
      assertThat(forgotten.ranges(MIN_MAX).of("x")).contains(new Range(0, 3));
      assertThat(old.ranges().of("x")).contains(new Range(0, 100));
    }
  }

  @Test
  void shouldWatchAGraphOfTheOldestOperatorSetItSupports() {
    GraphBuilder graph =
        GraphBuilder.named("old")
            .opset(11)
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2));
    graph.node("Neg", List.of("x"), "inner");
    graph.node("Relu", List.of("inner"), "y");
    try (Calibrator calibrator = new Calibrator(graph.build(Map.of()), List.of("inner"), MIN_MAX)) {
      calibrator.observe(sample(1, -2));

      assertThat(calibrator.ranges().of("inner")).contains(new Range(-1, 2));
    }
  }

  @Test
  void shouldSayWhichTensorCannotBeWatched() {
    assertThatThrownBy(() -> watch("nowhere"))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("nowhere is neither an input");
    assertThatThrownBy(() -> watch("two"))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("two is a constant");
    try (Calibrator calibrator = new Calibrator(model(), List.of("whole"), MIN_MAX)) {
      assertThatThrownBy(() -> calibrator.observe(sample(1, 2)))
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("whole holds whole numbers");
    }
  }

  @Test
  void shouldRefuseToMakeRangesOfNothing() {
    try (Calibrator calibrator = new Calibrator(model(), List.of("doubled"), MIN_MAX)) {
      assertThatThrownBy(calibrator::ranges)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("No sample was observed");

      calibrator.observe(sample(Float.NaN));

      assertThatThrownBy(calibrator::ranges)
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("doubled held only values that are not finite");
    }
  }

  private static void watch(String tensor) {
    try (Calibrator calibrator = new Calibrator(model(), List.of(tensor), MIN_MAX)) {
      calibrator.observe(sample(1));
    }
  }

  @Test
  void shouldRefuseAStateThatIsNone() throws IOException {
    byte[] whole;
    try (Calibrator calibrator = new Calibrator(model(), ALL, MIN_MAX)) {
      observe(calibrator, 0, 5);
      whole = bytes(calibrator.state());
    }
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    byte[] negative = whole.clone();
    negative[8] = -1;

    assertThatThrownBy(() -> read(cut))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("ends early");
    assertThatThrownBy(() -> read(negative))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("samples");
    assertThatThrownBy(() -> read(new byte[100]))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("does not begin");
  }

  private static CalibrationState read(byte[] bytes) throws IOException {
    return CalibrationState.readFrom(new ByteArrayInputStream(bytes));
  }

  private static byte[] bytes(CalibrationState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeTo(bytes);
    return bytes.toByteArray();
  }
}
