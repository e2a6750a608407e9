package io.distillstream.quantization.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.layer.Consumers;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.plan.BlockOptions;
import io.distillstream.quantization.plan.BlockOptions.Kernels;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.HalfValues;
import io.distillstream.quantization.rewrite.StaticValues;
import io.distillstream.quantization.rewrite.WeightStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BlockSchemesTest {
  private static final int ROWS = 6;

  @ParameterizedTest
  @CsvSource({
    "INT4_WEIGHTS, DECIMAL, 16, 64, 40",
    "INT4_WEIGHTS, DECIMAL, 32, 100, 7",
    "INT4_WEIGHTS, AT_LOAD, 32, 100, 7",
    "INT4_WEIGHTS, AT_LOAD, 64, 128, 33",
    "INT8_WEIGHTS, DECIMAL, 32, 100, 7",
    "INT8_WEIGHTS, DECIMAL, 128, 256, 31",
    "INT8_WEIGHTS, AT_LOAD, 32, 100, 7",
    "INT8_WEIGHTS, AT_LOAD, 16, 64, 40"
  })
  void shouldMultiplyByExactlyWhatIsLeftOfTheWeights(
      Precision precision, Kernels kernels, int block, int inner, int columns) {
    float[] weights = Graphs.random(inner, inner * columns, -1, 1);
    OnnxModel model = Graphs.product(weights, inner, columns);
    SchemeOptions options = Graphs.ALL.with(new BlockOptions(block, kernels));
    float[] x = Graphs.random(5, ROWS * inner, -1, 1);

    float[] y = Engine.run(Graphs.quantized(model, precision, options), x, ROWS, inner);

    float[] left = restored(model, precision, options);
    assertThat(y).containsExactly(product(x, left, inner, columns), within(1e-4f));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8_WEIGHTS", "INT4_WEIGHTS"})
  void shouldRoundActivationsInBlocksWithIntegerKernels(Precision precision) {
    int inner = 96;
    int columns = 50;
    OnnxModel model = Graphs.product(Graphs.random(1, inner * columns, -1, 1), inner, columns);
    float[] x = Graphs.random(5, ROWS * inner, -1, 1);
    SchemeOptions decimal = Graphs.ALL.with(new BlockOptions(32, Kernels.DECIMAL));

    float[] y = Engine.run(Graphs.quantized(model, precision), x, ROWS, inner);

    // Each activation is off by at most 1/254, each weight at most 1.15.
    assertThat(y)
        .containsExactly(
            Engine.run(Graphs.quantized(model, precision, decimal), x, ROWS, inner),
            within(1.15f * inner / 254 / 2));
  }

  @ParameterizedTest
  @EnumSource(Kernels.class)
  void shouldUnderstandEveryPlainGemm(Kernels kernels) {
    OnnxModel model =
        Graphs.matrices(
            40,
            graph -> {
              graph.initializer(Graphs.random("w", 40, 48)).initializer(Graphs.random("b", 1, 48));
              graph.initializer(Graphs.random("v", 24, 48)).initializer(Graphs.random("c", 24));
              graph.node("Gemm", List.of("x", "w", "b"), "h", Attribute.decimal("alpha", 0.5f));
              graph.node("Gemm", List.of("h", "v", "c"), "y", Attribute.integer("transB", 1));
            });
    SchemeOptions options = Graphs.ALL.with(new BlockOptions(32, kernels));
    float[] x = Graphs.random(5, ROWS * 40, -1, 1);

    float[] y = Engine.run(Graphs.quantized(model, Precision.INT8_WEIGHTS, options), x, ROWS, 40);

    assertThat(y).containsExactly(Engine.run(model, x, ROWS, 40), within(0.15f));
  }

  @ParameterizedTest
  @CsvSource({"128, 128", "100, 128", "48, 16", "6, 32"})
  void shouldLookUpRowsInFourBits(int width, int block) {
    Tensor table = Graphs.random("table", 20, width);
    GraphBuilder graph =
        GraphBuilder.named("lookup")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(width))
            .initializer(table);
    graph.node("Gather", List.of("table", "x"), "y");
    OnnxModel model = graph.build(Map.of());
    SchemeOptions options = Graphs.ALL.with(new BlockOptions(block, Kernels.INTEGER));
    float[] left = restored(model, Precision.INT4_WEIGHTS, options);

    float[] rows =
        Engine.run(
            Graphs.quantized(model, Precision.INT4_WEIGHTS, options), new long[] {19, 0, 7, -1});

    int[] expected = {19, 0, 7, 19};
    for (int i = 0; i < rows.length; i++) {
      int at = expected[i / width] * width + i % width;
      // The engine multiplies in fp16.
      assertThat(rows[i]).isCloseTo(left[at], within(2e-3f));
      assertThat(left[at]).isCloseTo(table.floats()[at], within(0.16f));
    }
  }

  @Test
  void shouldTakeAnEighthOfATableAndItsScales() {
    GraphBuilder graph =
        GraphBuilder.named("lookup")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(128))
            .initializer(Graphs.random("table", 5000, 128));
    graph.node("Gather", List.of("table", "x"), "y");
    OnnxModel model = graph.build(Map.of());

    OnnxModel held = Graphs.quantized(model, Precision.INT4_WEIGHTS);

    assertThat((double) held.sizeBytes() / model.sizeBytes()).isBetween(0.14, 0.142);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP16", "INT8_WEIGHTS", "INT4_WEIGHTS"})
  void shouldLeaveNoWorkForEachRunWhenExpandedAtLoad(Precision precision, @TempDir Path folder) {
    OnnxModel model = Graphs.product(Graphs.random(1, 100 * 40, -1, 1), 100, 40);
    SchemeOptions options = Graphs.ALL.with(new BlockOptions(32, Kernels.AT_LOAD));

    OnnxModel held = Graphs.quantized(model, precision, options);

    assertThat(Graphs.ops(held)).contains("Cast", "MatMul");
    assertThat(Graphs.ops(Engine.optimized(held, folder))).containsExactly("MatMul");
  }

  /** What is left of the only layer's weights. */
  private static float[] restored(OnnxModel model, Precision precision, SchemeOptions options) {
    QuantizableLayers layers = QuantizableLayers.of(model, options.minSavedBytes());
    WeightStore weights = new WeightStore(layers.constants());
    StaticValues noGrids =
        new StaticValues(new ActivationRanges(Map.of()), new Consumers(model), layers.constants());
    Schemes schemes =
        new Schemes(weights, options, noGrids, new HalfValues(weights), model.opset());
    Layer layer = layers.all().get(0);
    return schemes.of(layer.use(), precision).restored(layer);
  }

  private static float[] product(float[] x, float[] w, int inner, int columns) {
    float[] y = new float[x.length / inner * columns];
    for (int i = 0; i < y.length; i++) {
      double sum = 0;
      for (int k = 0; k < inner; k++) {
        sum += (double) x[i / columns * inner + k] * w[k * columns + i % columns];
      }
      y[i] = (float) sum;
    }
    return y;
  }
}
