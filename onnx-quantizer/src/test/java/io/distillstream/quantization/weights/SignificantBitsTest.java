package io.distillstream.quantization.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignificantBitsTest {

  private static final SignificantBits ELEVEN = new SignificantBits(11);

  @Test
  void shouldRoundToTheNearestNumberAndToTheEvenOneOfTwo() {
    assertThat(ELEVEN.of(1f)).isEqualTo(1f);
    assertThat(ELEVEN.of(2047f)).isEqualTo(2047f);
    assertThat(ELEVEN.of(2049f)).isEqualTo(2048f);
    assertThat(ELEVEN.of(2051f)).isEqualTo(2052f);
    assertThat(ELEVEN.of(-2050.5f)).isEqualTo(-2050f);
    assertThat(ELEVEN.of(4095f)).isEqualTo(4096f);
  }

  @Test
  void shouldBeOffByNoMoreThanItsShareOfANumber() {
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
      float rounded = new SignificantBits(13).of(value);
      assertThat(Math.abs(rounded - value)).isLessThanOrEqualTo(Math.abs(value) * 0x1p-13f);
      assertThat(Float.floatToRawIntBits(rounded) & ((1 << 11) - 1)).isZero();
    }
  }

  @Test
  void shouldLeaveAloneWhatIsNoFiniteNumberOrWouldBecomeNone() {
    assertThat(ELEVEN.of(Float.NaN)).isNaN();
    assertThat(ELEVEN.of(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(ELEVEN.of(Float.MAX_VALUE)).isEqualTo(Float.MAX_VALUE);
    assertThat(ELEVEN.of(-0f)).isEqualTo(-0f);
  }

  @Test
  void shouldRoundConstantsAndNeitherOthersNorSingleNumbersNorIntegers() {
    GraphBuilder graph =
        GraphBuilder.named("sum")
            .input("x", ElementType.FLOAT32, Dimension.of(2))
            .output("y", ElementType.FLOAT32, Dimension.of(2))
            .output("z", ElementType.INT64, Dimension.of(1))
            .initializer(Tensor.float32("bias", new float[] {0.1f, 2049f}, 2))
            .initializer(Tensor.float32("scales", new float[] {0.1f, 2049f}, 2))
            .initializer(Tensor.scalar("factor", 0.1f))
            .initializer(Tensor.int64("axes", new long[] {2049}, 1));
    graph.node("Mul", List.of("x", "factor"), "less");
    graph.node("Add", List.of("less", "bias"), "more");
    graph.node("Mul", List.of("more", "scales"), "y");
    graph.node("Identity", List.of("axes"), "z");
    OnnxModel model = graph.build(Map.of("a", "b"));

    OnnxModel rounded = ELEVEN.of(model, Set.of("bias", "factor", "axes"));

    assertThat(rounded.initializer("bias").orElseThrow().floats())
        .containsExactly(0.099975586f, 2048f);
    assertThat(rounded.initializer("scales").orElseThrow().floats()).containsExactly(0.1f, 2049f);
    assertThat(rounded.initializer("factor").orElseThrow().floats()).containsExactly(0.1f);
    assertThat(rounded.initializer("axes").orElseThrow().longs()).containsExactly(2049);
    assertThat(rounded.nodes()).isEqualTo(model.nodes());
    assertThat(rounded.metadata()).isEqualTo(model.metadata());
    assertThat(SignificantBits.ALL.of(model, Set.of("bias"))).isSameAs(model);
  }

  @Test
  void shouldRefuseBitsThatFp32DoesNotHave() {
    for (int bits : List.of(7, 25)) {
      assertThatThrownBy(() -> new SignificantBits(bits))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got " + bits);
    }
  }
}
