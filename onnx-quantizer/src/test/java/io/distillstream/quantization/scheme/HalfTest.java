package io.distillstream.quantization.scheme;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.plan.HalfMode;
import io.distillstream.quantization.plan.Precision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HalfTest {
  private static final int WIDTH = 32;

  @ParameterizedTest
  @EnumSource(HalfMode.class)
  void shouldStayCloseToTheOriginal(HalfMode mode) {
    OnnxModel model = perceptron();
    float[] x = Graphs.random(1, 4 * WIDTH, -1, 1);

    OnnxModel held = Graphs.quantized(model, Precision.FP16, Graphs.ALL.with(mode));

    assertThat(held.initializer("a/fp16").orElseThrow().type()).isEqualTo(ElementType.FLOAT16);
    assertThat(held.initializerNames()).doesNotContain("a", "b");
    assertThat(Engine.relativeError(Engine.run(model, x, 4, WIDTH), Engine.run(held, x, 4, WIDTH)))
        .isLessThan(2e-3);
  }

  @Test
  void shouldCastOnlyAtTheBordersOfHalfArithmetic() {
    OnnxModel held =
        Graphs.quantized(perceptron(), Precision.FP16, Graphs.ALL.with(HalfMode.ARITHMETIC));

    assertThat(Graphs.ops(held))
        .containsExactly("Cast", "MatMul", "Add", "Relu", "MatMul", "Cast", "Softmax");
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP16", "INT4_WEIGHTS"})
  void shouldComputeInHalfWithRowsOfATable(Precision precision) {
    GraphBuilder graph =
        GraphBuilder.named("lookup")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(WIDTH))
            .initializer(Graphs.random("table", 40, WIDTH))
            .initializer(Graphs.random("a", WIDTH, WIDTH));
    graph.node("Gather", List.of("table", "x"), "rows");
    graph.node("MatMul", List.of("rows", "a"), "y");
    OnnxModel model = graph.build(Map.of());
    GraphQuantizer quantizer = Graphs.quantizer(model, Graphs.ALL.with(HalfMode.ARITHMETIC));
    long[] indices = {3, 39};

    OnnxModel held = quantizer.apply(quantizer.plan(Precision.FP16).with("table", precision));

    assertThat(Engine.relativeError(Engine.run(model, indices), Engine.run(held, indices)))
        .isLessThan(precision == Precision.FP16 ? 2e-3 : 0.15);
  }

  @Test
  void shouldNotComputeInHalfWhatOverflowsIt() {
    GraphQuantizer quantizer =
        new GraphQuantizer(
            perceptron(),
            new ActivationRanges(Map.of("r", new Range(0, 1e5f))),
            Graphs.ALL.with(HalfMode.ARITHMETIC));

    assertThat(quantizer.plan(Precision.FP16).layers())
        .containsOnly(Map.entry("a", Precision.FP16));
  }

  private static OnnxModel perceptron() {
    return Graphs.matrices(
        WIDTH,
        graph -> {
          graph.initializer(Graphs.random("a", WIDTH, WIDTH));
          graph.initializer(Graphs.random("bias", WIDTH));
          graph.initializer(Graphs.random("b", WIDTH, WIDTH));
          graph.node("MatMul", List.of("x", "a"), "h");
          graph.node("Add", List.of("h", "bias"), "g");
          graph.node("Relu", List.of("g"), "r");
          graph.node("MatMul", List.of("r", "b"), "s");
          graph.node("Softmax", List.of("s"), "y");
        });
  }
}
