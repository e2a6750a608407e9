package io.distillstream.quantization;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Self-attention with reproducible random weights as exporters write it, from {@code x} to {@code
 * y}, both fp32 {@code [batch, length, width]}, without a mask.
 */
public record AttentionGraph(int heads, int headWidth, long seed) {

  public OnnxModel build() {
    int width = heads * headWidth;
    Dimension[] shape = {Dimension.of("batch"), Dimension.of("length"), Dimension.of(width)};
    GraphBuilder graph =
        GraphBuilder.named("attention")
            .input("x", ElementType.FLOAT32, shape)
            .output("y", ElementType.FLOAT32, shape)
            .initializer(Tensor.int64("split", new long[] {0, 0, heads, headWidth}, 4))
            .initializer(Tensor.int64("joined", new long[] {0, 0, width}, 3))
            .initializer(Tensor.scalar("root", (float) Math.sqrt(headWidth)));
    SplittableRandom random = new SplittableRandom(seed);
    String q = heads(graph, "q", random, 0, 2, 1, 3);
    String k = heads(graph, "k", random, 0, 2, 3, 1);
    String v = heads(graph, "v", random, 0, 2, 1, 3);
    graph.node("MatMul", List.of(q, k), "product");
    graph.node("Div", List.of("product", "root"), "scores");
    graph.node("Softmax", List.of("scores"), "weights", Attribute.integer("axis", -1));
    graph.node("MatMul", List.of("weights", v), "mixed");
    graph.node("Transpose", List.of("mixed"), "rows", Attribute.integers("perm", 0, 2, 1, 3));
    graph.node("Reshape", List.of("rows", "joined"), "y");
    return graph.build(Map.of());
  }

  private String heads(GraphBuilder graph, String name, SplittableRandom random, long... order) {
    int width = heads * headWidth;
    graph.initializer(Tensor.float32(name + "/w", weights(random, width * width), width, width));
    graph.initializer(Tensor.float32(name + "/b", weights(random, width), width));
    graph.node("MatMul", List.of("x", name + "/w"), name + "/product");
    graph.node("Add", List.of(name + "/product", name + "/b"), name);
    graph.node("Reshape", List.of(name, "split"), name + "/split");
    return graph.node(
        "Transpose", List.of(name + "/split"), name + "/heads", Attribute.integers("perm", order));
  }

  private static float[] weights(SplittableRandom random, int count) {
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = (float) random.nextDouble(-0.2, 0.2);
    }
    return weights;
  }
}
