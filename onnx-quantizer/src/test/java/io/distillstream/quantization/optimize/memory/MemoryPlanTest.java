package io.distillstream.quantization.optimize.memory;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  /** Bytes of x, [4, 10] floats. */
  private static final long X = 160;

  @Test
  void shouldUseBuffersAgain() {
    // Each product needs its operand and its result, and x stays.
    MemoryPlan plan =
        plan(
            graph -> {
              graph.initializer(random("w", 10, 10));
              graph.node("MatMul", List.of("x", "w"), List.of("a"));
              graph.node("MatMul", List.of("a", "w"), List.of("b"));
              graph.node("MatMul", List.of("b", "w"), List.of("c"));
              return graph.node("MatMul", List.of("c", "w"), List.of("y"));
            });

    assertThat(plan.peakActivationBytes()).isEqualTo(3 * X);
    assertThat(plan.weightBytes()).isBetween(400L, 420L);
    assertThat(plan.totalBytes()).isEqualTo(plan.weightBytes() + 3 * X);
    assertThat(plan.peakNode()).isEqualTo("b:MatMul (MatMul)");
    assertThat(plan.orderStatement()).startsWith("No order that takes less was found");
  }

  @Test
  void shouldWriteOverAnOperandThatNothingNeedsLater() {
    MemoryPlan inPlace =
        plan(
            graph -> {
              graph.node("Softmax", List.of("x"), List.of("a"));
              graph.node("Relu", List.of("a"), List.of("b"));
              return graph.node("Sigmoid", List.of("b"), List.of("y"));
            });
    MemoryPlan needed =
        plan(
            graph -> {
              graph.node("Softmax", List.of("x"), List.of("a"));
              graph.node("Relu", List.of("a"), List.of("b"));
              return graph.node("Add", List.of("a", "b"), List.of("y"));
            });

    assertThat(inPlace.peakActivationBytes()).isEqualTo(2 * X);
    assertThat(needed.peakActivationBytes()).isEqualTo(3 * X);
  }

  @Test
  void shouldShareBuffersBetweenShapesOfTheSameValues() {
    MemoryPlan plan =
        plan(
            graph -> {
              graph.initializer(Tensor.int64("flat", new long[] {-1}, 1));
              graph.initializer(Tensor.int64("back", new long[] {4, 10}, 2));
              graph.node("Softmax", List.of("x"), List.of("a"));
              graph.node("Reshape", List.of("a", "flat"), List.of("b"));
              return graph.node("Reshape", List.of("b", "back"), List.of("y"));
            });

    assertThat(plan.peakActivationBytes()).isEqualTo(2 * X);
  }

  @Test
  void shouldCountElementsByTheirType() {
    MemoryPlan plan =
        plan(
            graph -> {
              graph.node("DynamicQuantizeLinear", List.of("x"), List.of("q", "s", "z"));
              return graph.node("DequantizeLinear", List.of("q", "s", "z"), List.of("y"));
            });

    // Bytes of 8 bits, a scale of 4 bytes, a zero point of 1; then y beside them.
    assertThat(plan.peakActivationBytes()).isEqualTo(X + 40 + 4 + 1 + X);
    assertThat(plan.peakNode()).isEqualTo("y:DequantizeLinear (DequantizeLinear)");
  }

  @Test
  void shouldSayThatAnotherOrderTakesLess() {
    // Both wide values first, then their sums, against one after the other.
    MemoryPlan plan =
        plan(
            graph -> {
              graph.initializer(random("w1", 10, 100)).initializer(random("w2", 10, 100));
              graph.initializer(random("v1", 100, 10)).initializer(random("v2", 100, 10));
              graph.node("MatMul", List.of("x", "w1"), List.of("a1"));
              graph.node("MatMul", List.of("x", "w2"), List.of("a2"));
              graph.node("MatMul", List.of("a1", "v1"), List.of("b1"));
              graph.node("MatMul", List.of("a2", "v2"), List.of("b2"));
              return graph.node("Add", List.of("b1", "b2"), List.of("y"));
            });

    assertThat(plan.peakActivationBytes()).isEqualTo(X + 20 * X + X);
    assertThat(plan.reorderedPeakBytes()).isEqualTo(X + X + 10 * X + X);
    assertThat(plan.orderStatement())
        .isEqualTo("Another order of the nodes would take 2080 bytes instead of 3520");
  }

  @Test
  void shouldShowWhatSimplifyingARealEncoderSaves() {
    OnnxModel encoder = Graphs.resource("/all-minilm-l6-v2.onnx");
    int[] ids = new int[64];
    Sample text = Sample.ofTokens(ids, List.of("input_ids", "attention_mask", "token_type_ids"));

    MemoryPlan before = MemoryPlan.of(encoder, text);
    MemoryPlan after = MemoryPlan.of(Graphs.optimized(encoder).model(), text);

    // GELU written out holds [64, 1536] floats twice, 393,216 bytes each; as one node once.
    assertThat(before.peakActivationBytes()).isEqualTo(886_528);
    assertThat(before.peakNode()).contains("intermediate_act_fn/Div");
    assertThat(after.peakActivationBytes()).isEqualTo(591_616);
    assertThat(after.peakNode()).isEqualTo("/encoder/layer.0/attention/self/MatMul (MatMul)");
    assertThat(after.weightBytes()).isBetween(90_000_000L, before.weightBytes());
  }

  private static MemoryPlan plan(UnaryOperator<GraphBuilder> body) {
    return MemoryPlan.of(
        Graphs.of(shape(-1, 10), shape(-1, 10), body),
        new Sample(Map.of("x", TensorValue.of(new float[40], 4, 10))));
  }
}
