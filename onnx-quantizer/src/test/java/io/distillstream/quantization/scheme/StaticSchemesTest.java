package io.distillstream.quantization.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.rewrite.StaticValues;
import io.distillstream.quantization.rewrite.WatchedValues;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.WeightForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StaticSchemesTest {
  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void shouldReproduceAProductWhoseNumbersHaveExactEightBitForms(WeightForm form) {
    // Scales 1/127 and 2 (of 7 bits: 1/63 and 254/63); activations in steps of 1/255 from 0 to 1.
    OnnxModel model = Graphs.product(new float[] {1, 254, -1, 0, 0, -254}, 3, 2);
    float[] x = {1, 0, 51 / 255f, 0, 1, 1};

    float[] y = Engine.run(Graphs.onGrids(model, x, Graphs.ALL.with(form), 2, 3), x, 2, 3);

    assertThat(y).containsExactly(new float[] {1, 254 - 254 / 5f, -1, -254}, within(1e-4f));
  }

  @Test
  void shouldEqualExactIntegerArithmetic() {
    int inner = 70;
    int columns = 30;
    float[] w = Graphs.random(1, inner * columns, -1, 1);
    float[] b = Graphs.random(2, columns, -3, 3);
    float[] x = Graphs.random(3, 4 * inner, -1, 2);
    OnnxModel model =
        Graphs.matrices(
            inner,
            graph -> {
              graph.initializer(Tensor.float32("w", w, inner, columns));
              graph.initializer(Tensor.float32("b", b, columns));
              graph.node("Gemm", List.of("x", "w", "b"), "y");
            });

    float[] y = Engine.run(Graphs.onGrids(model, x, Graphs.ALL, 4, inner), x, 4, inner);

    StaticValues.Grid grid = StaticValues.Grid.over(range(x));
    for (int i = 0; i < y.length; i++) {
      int column = i % columns;
      float scale = scale(w, column, columns);
      long sum = Math.round(Math.rint((double) b[column] / (grid.scale() * scale)));
      for (int k = 0; k < inner; k++) {
        int xq = level(x[i / columns * inner + k], grid);
        sum += (long) (xq - grid.zeroPoint()) * Math.round(w[k * columns + column] / scale);
      }
      assertThat(y[i]).isCloseTo(sum * grid.scale() * scale, within(1e-4f));
    }
  }

  @Test
  void shouldCutWhatLiesOutsideTheRange() {
    OnnxModel model = Graphs.product(new float[] {1, 0, 0}, 3, 1);
    GraphQuantizer quantizer =
        new GraphQuantizer(model, new ActivationRanges(Map.of("x", new Range(-1, 1))), Graphs.ALL);

    OnnxModel held = quantizer.apply(quantizer.plan(Precision.INT8_STATIC));

    assertThat(Engine.run(held, new float[] {-5, 1, 0, 0.5f, 5, 5}, 2, 3))
        .containsExactly(new float[] {-1, 0.5f}, within(0.005f));
  }

  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void shouldMultiplyInIntegersWhateverFollows(WeightForm form, @TempDir Path folder) {
    OnnxModel model =
        Graphs.matrices(
            64,
            graph -> {
              for (String name : List.of("a", "b", "c", "d")) {
                graph.initializer(Graphs.random(name, 64, 64));
                graph.initializer(Graphs.random(name + "_bias", 64));
              }
              graph.node("MatMul", List.of("x", "a"), "xa");
              graph.node("Add", List.of("xa", "a_bias"), "h1");
              graph.node("MatMul", List.of("h1", "b"), "h1b");
              graph.node("Add", List.of("b_bias", "h1b"), "h2");
              graph.node("Relu", List.of("h2"), "h3");
              graph.node("Gemm", List.of("h3", "c", "c_bias"), "h4");
              graph.node("Relu", List.of("h4"), "h5");
              graph.node("Gemm", List.of("h5", "d", "d_bias"), "y");
            });
    float[] x = Graphs.random(3, 8 * 64, -1, 1);

    OnnxModel held = Graphs.onGrids(model, x, Graphs.ALL.with(form), 8, 64);

    assertThat(Graphs.ops(Engine.optimized(held, folder)))
        .contains("MatMulIntegerToFloat", "QGemm")
        .doesNotContain("MatMul", "Gemm", "FusedGemm");
    // Signed weights may saturate where the processor lacks VNNI.
    assertThat(Engine.relativeError(Engine.run(model, x, 8, 64), Engine.run(held, x, 8, 64)))
        .isLessThan(form == WeightForm.SIGNED ? 0.5 : 0.03);
  }

  @Test
  void shouldUseSingleScalesBeforeThereWereScalesByChannel() {
    OnnxModel model =
        Graphs.matrices(
            64,
            graph -> {
              graph.opset(11).initializer(Graphs.random("w", 64, 64));
              graph.node("MatMul", List.of("x", "w"), "y");
            });
    float[] x = Graphs.random(3, 8 * 64, -1, 1);

    OnnxModel held = Graphs.onGrids(model, x, Graphs.ALL, 8, 64);

    assertThat(held.initializer("w/uint8/scales").orElseThrow().dims()).isEmpty();
    assertThat(Engine.relativeError(Engine.run(model, x, 8, 64), Engine.run(held, x, 8, 64)))
        .isLessThan(0.02);
  }

  @ParameterizedTest
  @EnumSource(Granularity.class)
  void shouldConvolveInIntegersFromEndToEnd(Granularity granularity, @TempDir Path folder) {
    OnnxModel model = images(StaticSchemesTest::residualBlock);
    float[] x = Graphs.random(3, 3 * 8 * 8, -1, 1);

    OnnxModel held = Graphs.onGrids(model, x, Graphs.ALL.with(granularity), 1, 3, 8, 8);

    assertThat(Graphs.ops(held)).doesNotContain("Relu");
    assertThat(Graphs.ops(Engine.optimized(held, folder)))
        .contains("QLinearConv", "QLinearAdd", "QLinearGlobalAveragePool")
        .doesNotContain("Conv", "FusedConv", "Add", "Relu", "GlobalAveragePool");
    assertThat(
            Engine.relativeError(Engine.run(model, x, 1, 3, 8, 8), Engine.run(held, x, 1, 3, 8, 8)))
        .isLessThan(0.03);
  }

  private static void residualBlock(GraphBuilder graph) {
    graph.initializer(Graphs.random("k1", 16, 3, 3, 3)).initializer(Graphs.random("b1", 16));
    graph.initializer(Graphs.random("k2", 16, 1, 3, 3)).initializer(Graphs.random("b2", 16));
    graph.initializer(Graphs.random("k3", 16, 16, 1, 1));
    Attribute pads = Attribute.integers("pads", 1, 1, 1, 1);
    graph.node("Conv", List.of("x", "k1", "b1"), "c1", pads);
    graph.node("Relu", List.of("c1"), "r1");
    graph.node("Conv", List.of("r1", "k2", "b2"), "c2", pads, Attribute.integer("group", 16));
    graph.node("Conv", List.of("c2", "k3"), "c3");
    graph.node("Add", List.of("r1", "c3"), "sum");
    graph.node("Relu", List.of("sum"), "r2");
    graph.node("MaxPool", List.of("r2"), "pooled", Attribute.integers("kernel_shape", 2, 2));
    graph.node("GlobalAveragePool", List.of("pooled"), "y");
  }

  @Test
  void shouldAskForTheRangesOfAllThatStaysInIntegers() {
    // Of the two sums before a Relu the rectified one counts, and pooled values keep their grid.
    assertThat(
            WatchedValues.of(
                QuantizableLayers.of(images(StaticSchemesTest::residualBlock), OptionalLong.of(0))))
        .containsExactly("x", "r1", "c2", "c3", "r2", "y");
  }

  @Test
  void shouldAskOfProductsForWhatTheyTakeAndWhatIsRectified() {
    OnnxModel model =
        Graphs.matrices(
            8,
            graph -> {
              graph.initializer(Graphs.random("a", 8, 8)).initializer(Graphs.random("b", 8, 8));
              graph.initializer(Graphs.random("c", 8, 8)).initializer(Graphs.random("bias", 8));
              graph.node("MatMul", List.of("x", "a"), "h1");
              graph.node("Gemm", List.of("h1", "b", "bias"), "h2");
              graph.node("Gemm", List.of("h2", "c", "bias"), "h3");
              graph.node("Relu", List.of("h3"), "y");
            });

    assertThat(WatchedValues.of(QuantizableLayers.of(model, OptionalLong.of(0))))
        .containsExactly("x", "h1", "h2", "y");
  }

  @Test
  void shouldConvolveOnlyWhereInputAndResultAreKnown() {
    OnnxModel model = images(StaticSchemesTest::residualBlock);
    GraphQuantizer quantizer =
        new GraphQuantizer(
            model,
            new ActivationRanges(Map.of("x", new Range(-1, 1), "r1", new Range(0, 4))),
            Graphs.ALL);

    // The first convolution's own result is unknown, that of the Relu behind it is not.
    assertThat(quantizer.plan(Precision.INT8_STATIC).layers())
        .containsOnly(Map.entry("k1", Precision.INT8_STATIC));
  }

  @Test
  void shouldKeepARectifierThatOthersSeeThrough() {
    OnnxModel model =
        images(
            graph -> {
              graph.initializer(Graphs.random("k", 4, 3, 3, 3));
              graph.node("Conv", List.of("x", "k"), "c");
              graph.node("Relu", List.of("c"), "r");
              graph.node("Sub", List.of("r", "c"), "y");
            });
    float[] x = Graphs.random(3, 3 * 8 * 8, -1, 1);

    OnnxModel held = Graphs.onGrids(model, x, Graphs.ALL, 1, 3, 8, 8);

    assertThat(Graphs.ops(held)).contains("Relu");
    assertThat(
            Engine.relativeError(Engine.run(model, x, 1, 3, 8, 8), Engine.run(held, x, 1, 3, 8, 8)))
        .isLessThan(0.02);
  }

  private static OnnxModel images(Consumer<GraphBuilder> body) {
    return Graphs.of(body, Dimension.of(1), Dimension.of(3), Dimension.of(8), Dimension.of(8));
  }

  private static Range range(float[] values) {
    float least = 0;
    float greatest = 0;
    for (float value : values) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return new Range(least, greatest);
  }

  private static float scale(float[] w, int column, int columns) {
    float largest = 0;
    for (int i = column; i < w.length; i += columns) {
      largest = Math.max(largest, Math.abs(w[i]));
    }
    return largest / 127;
  }

  private static int level(float value, StaticValues.Grid grid) {
    return Math.max(0, Math.min(255, (int) Math.rint(value / grid.scale()) + grid.zeroPoint()));
  }
}
