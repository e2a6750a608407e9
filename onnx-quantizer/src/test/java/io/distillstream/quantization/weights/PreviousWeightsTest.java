package io.distillstream.quantization.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.StudentGraph;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PreviousWeightsTest {
  private static final Hysteresis SOME = new Hysteresis(0.1, 0.01);
  private static final Offset<Float> BIT = within(1e-6f);
  private static final Int8Weights.Shape ONE_COLUMN = Int8Weights.Shape.columns(3, 1);

  /** Three rows of one weight each, in one channel whose scale is 1. */
  private static final PreviousWeights.Held BEFORE =
      new PreviousWeights.Held(new byte[] {127, 10, -20}, new float[] {1}, SOME);

  @Test
  void shouldKeepAScaleThatStillFits() {
    assertThat(quantized(BEFORE, 127, 3, 4).scales()).containsExactly(1);
    assertThat(quantized(BEFORE, 115, 3, 4).scales()).containsExactly(1);
  }

  @Test
  void shouldGiveUpAScaleThatIsTooSmallOrMuchTooLarge() {
    assertThat(quantized(BEFORE, 127.1f, 3, 4).scales()[0]).isCloseTo(withRoom(127.1f), BIT);
    assertThat(quantized(BEFORE, 114, 3, 4).scales()[0]).isCloseTo(withRoom(114), BIT);
  }

  /** Whatever the product of a scale and its levels is rounded to. */
  @Test
  void shouldKeepTheScaleOfWeightsThatDidNotMove() {
    for (float largest = 0.01f; largest < 1; largest += 0.001f) {
      Int8Weights first =
          Int8Weights.of(new float[] {largest, 0, 0}, ONE_COLUMN, Granularity.PER_CHANNEL, 127);
      PreviousWeights.Held held = new PreviousWeights.Held(first.values(), first.scales(), SOME);

      assertThat(quantized(held, largest, 0, 0).scales()).containsExactly(first.scales());
    }
  }

  @Test
  void shouldKeepANewScaleWhileWeightsGrowOrShrink() {
    float[] scales = quantized(BEFORE, 130, 3, 4).scales();
    PreviousWeights.Held next =
        new PreviousWeights.Held(new byte[] {121, 3, 4}, scales, BEFORE.hysteresis());

    for (float largest : new float[] {130, 136.8f, 123.2f}) {
      assertThat(quantized(next, largest, 3, 4).scales()).containsExactly(scales);
    }
    assertThat(quantized(next, 136.9f, 3, 4).scales()[0]).isGreaterThan(scales[0]);
    assertThat(quantized(next, 123.1f, 3, 4).scales()[0]).isLessThan(scales[0]);
  }

  @Test
  void shouldKeepARowAsLongAsItsErrorGrowsByNoMoreThanItsShare() {
    // Its square grows by 0.010 and 0.040; 0.01² of the rows' squares are 0.011 and 0.042.
    assertThat(quantized(BEFORE, 127, 10.505f, -20.52f).values()).containsExactly(127, 10, -20);
    assertThat(quantized(BEFORE, 127, 10.51f, -20.53f).values()).containsExactly(127, 11, -21);
    assertThat(quantized(BEFORE, 127, 50, 0).values()).containsExactly(127, 50, 0);
  }

  @Test
  void shouldKeepTheLevelsOfARowTogether() {
    PreviousWeights.Held rows =
        new PreviousWeights.Held(
            new byte[] {100, 1, 100, 1, 0, 120}, new float[] {1, 1}, new Hysteresis(0.3, 0.02));

    Int8Weights next = inTwoColumns(rows, 101, 2, 103, 2, 0, 120);

    assertThat(next.scales()).containsExactly(1, 1);
    assertThat(next.values()).containsExactly(100, 1, 103, 2, 0, 120);
  }

  @Test
  void shouldKeepARowAlthoughTheScaleOfAColumnMoves() {
    PreviousWeights.Held rows =
        new PreviousWeights.Held(
            new byte[] {127, 0, 60, 50, 60, 120}, new float[] {1, 1}, new Hysteresis(0.1, 0.02));

    Int8Weights next = inTwoColumns(rows, 160, 0, 60, 50.8f, 60, 124);

    // The second row is what it was, as near as the first column's new scale allows.
    byte now = (byte) Math.rint(60 / next.scales()[0]);
    assertThat(next.scales()[0]).isCloseTo(withRoom(160), BIT);
    assertThat(next.scales()[1]).isEqualTo(1);
    assertThat(now).isEqualTo((byte) 45);
    assertThat(next.values()).containsExactly(121, 0, now, 50, now, 124);
  }

  @Test
  void shouldKeepNothingOfOtherChannels() {
    PreviousWeights.Held wider =
        new PreviousWeights.Held(new byte[] {127, 10, -20, 3}, new float[] {1, 1}, SOME);

    Int8Weights next = quantized(wider, 126, 10.505f, 0);

    // The scale is larger by a twentieth than the weights need.
    assertThat(next.scales()[0]).isCloseTo(126 / 127f / 0.95f, within(1e-6f));
    assertThat(next.values()).containsExactly(121, 10, 0);
  }

  @Test
  void shouldLeaveRoomInTheFirstVersion() {
    PreviousWeights first = PreviousWeights.first(SOME);
    PreviousWeights.Held nothing = first.of("embedding/int8");

    Int8Weights version = quantized(nothing, 126, 10.505f, 0);
    PreviousWeights.Held held = new PreviousWeights.Held(version.values(), version.scales(), SOME);

    assertThat(version.values()).containsExactly(121, 10, 0);
    assertThat(quantized(held, 132, 10.505f, 0).scales()).isEqualTo(version.scales());
    assertThat(nothing.scales()).isEmpty();
    assertThat(PreviousWeights.first(Hysteresis.NONE).of("any").scales()).isEmpty();
    assertThat(PreviousWeights.NONE.of("embedding/int8").scales()).isEmpty();
    assertThat(quantized(PreviousWeights.NONE.of("embedding/int8"), 126, 10.505f, 0).values())
        .containsExactly(127, 11, 0);
  }

  @Test
  void shouldKeepNoLevelBeyondThoseInUse() {
    PreviousWeights.Held eightBits =
        new PreviousWeights.Held(new byte[] {64, 0, 0}, new float[] {1}, SOME);

    Int8Weights sevenBits =
        Int8Weights.of(new float[] {63, 0, 0}, ONE_COLUMN, Granularity.PER_CHANNEL, 63, eightBits);

    assertThat(sevenBits.values()).containsExactly(63, 0, 0);
  }

  @Test
  void shouldRoundEveryVersionByItselfWithoutHysteresis() {
    PreviousWeights.Held none =
        new PreviousWeights.Held(BEFORE.levels(), BEFORE.scales(), Hysteresis.NONE);

    assertThat(quantized(none, 126, 10.69f, 0).values())
        .isEqualTo(
            Int8Weights.of(new float[] {126, 10.69f, 0}, ONE_COLUMN, Granularity.PER_CHANNEL, 127)
                .values());
  }

  @Test
  void shouldRefuseSlackThatMeansNothing() {
    assertThatThrownBy(() -> new Hysteresis(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Hysteresis(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Hysteresis(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The next version of a student, whose weights are all a little smaller. */
  @Test
  void shouldKeepAllOfAModelThatHardlyMoved() {
    OnnxModel artifact =
        GraphQuantizer.uniform(student(1), Precision.INT8_DYNAMIC, SchemeOptions.DEFAULTS);
    PreviousWeights previous = PreviousWeights.of(artifact, new Hysteresis(0.05, 0.1));

    OnnxModel next =
        GraphQuantizer.uniform(
            student(0.9995f), Precision.INT8_DYNAMIC, SchemeOptions.DEFAULTS.with(previous));

    long integers = 0;
    for (String name : artifact.initializerNames()) {
      if (artifact.initializer(name + "/scales").isPresent()) {
        integers++;
        assertThat(next.initializer(name + "/scales").orElseThrow().floats())
            .isEqualTo(artifact.initializer(name + "/scales").orElseThrow().floats());
        assertThat(next.initializer(name).orElseThrow().proto().getRawData())
            .isEqualTo(artifact.initializer(name).orElseThrow().proto().getRawData());
      }
    }
    assertThat(integers).isGreaterThan(3);
  }

  private static OnnxModel student(float factor) {
    OnnxModel student = new StudentGraph(500, 128, 1, 4, 7).build(Map.of());
    var graph = student.proto().getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      var tensor = student.initializer(graph.getInitializer(i).getName()).orElseThrow();
      if (tensor.type() == ElementType.FLOAT32) {
        float[] scaled = tensor.floats();
        for (int k = 0; k < scaled.length; k++) {
          scaled[k] *= factor;
        }
        graph.setInitializer(
            i, io.distillstream.onnx.Tensor.float32(tensor.name(), scaled, tensor.shape()).proto());
      }
    }
    return OnnxModel.of(student.proto().toBuilder().setGraph(graph).build());
  }

  /** The scale of a channel with this largest magnitude, whose slack is a tenth. */
  private static float withRoom(float largest) {
    return largest / 127 / 0.95f;
  }

  private static Int8Weights quantized(PreviousWeights.Held before, float... weights) {
    return Int8Weights.of(weights, ONE_COLUMN, Granularity.PER_CHANNEL, 127, before);
  }

  /** Three rows of two weights. */
  private static Int8Weights inTwoColumns(PreviousWeights.Held before, float... weights) {
    return Int8Weights.of(
        weights, Int8Weights.Shape.columns(3, 2), Granularity.PER_CHANNEL, 127, before);
  }
}
