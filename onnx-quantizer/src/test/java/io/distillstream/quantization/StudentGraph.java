package io.distillstream.quantization;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A text classifier of the student's shape with reproducible random weights: embedding, blocks of
 * linear attention (elu + 1) and feed-forward, mean pooling over the mask, classifier.
 */
public record StudentGraph(int vocabulary, int width, int blocks, int classes, long seed) {

  public OnnxModel build(Map<String, String> metadata) {
    return new Writer(this).write(metadata);
  }

  private static final class Writer {
    private final StudentGraph shape;
    private final SplittableRandom random;
    private final GraphBuilder graph;

    Writer(StudentGraph shape) {
      this.shape = shape;
      this.random = new SplittableRandom(shape.seed());
      this.graph =
          GraphBuilder.named("student")
              .input("input_ids", ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"))
              .input(
                  "attention_mask",
                  ElementType.INT64,
                  Dimension.of("batch"),
                  Dimension.of("tokens"))
              .output(
                  "logits",
                  ElementType.FLOAT32,
                  Dimension.of("batch"),
                  Dimension.of(shape.classes()));
    }

    OnnxModel write(Map<String, String> metadata) {
      graph.initializer(Tensor.int64("axis1", new long[] {1}, 1));
      graph.initializer(Tensor.int64("axis2", new long[] {2}, 1));
      graph.initializer(Tensor.scalar("one", 1f));
      graph.initializer(Tensor.scalar("tiny", 1e-6f));
      graph.initializer(weights("embedding", shape.vocabulary(), shape.width(), 1f));
      String x = graph.node("Gather", List.of("embedding", "input_ids"), "embedded");
      graph.node("Cast", List.of("attention_mask"), "mask2", Attribute.castTo(ElementType.FLOAT32));
      graph.node("Unsqueeze", List.of("mask2", "axis2"), "mask");
      for (int block = 0; block < shape.blocks(); block++) {
        x = feedForward("block" + block, attention("block" + block, x));
      }
      graph.node("Mul", List.of(x, "mask"), "masked");
      graph.node("ReduceSum", List.of("masked", "axis1"), "sum", Attribute.integer("keepdims", 0));
      graph.node("ReduceSum", List.of("mask", "axis1"), "count", Attribute.integer("keepdims", 0));
      graph.node("Div", List.of("sum", "count"), "pooled");
      graph.initializer(weights("classifier", shape.width(), shape.classes(), 4f));
      graph.initializer(weights("classifier_bias", shape.classes(), 1, 0.1f));
      graph.node("MatMul", List.of("pooled", "classifier"), "unbiased");
      graph.initializer(Tensor.int64("flat", new long[] {shape.classes()}, 1));
      graph.node("Reshape", List.of("classifier_bias", "flat"), "bias");
      graph.node("Add", List.of("unbiased", "bias"), "logits");
      return graph.build(metadata);
    }

    private String attention(String block, String x) {
      String h = normalized(block + "/n1", x);
      graph.node("Elu", List.of(dense(block + "/q", h, shape.width())), block + "/qe");
      String q = graph.node("Add", List.of(block + "/qe", "one"), block + "/q1");
      graph.node("Elu", List.of(dense(block + "/k", h, shape.width())), block + "/ke");
      graph.node("Add", List.of(block + "/ke", "one"), block + "/k1");
      String k = graph.node("Mul", List.of(block + "/k1", "mask"), block + "/km");
      String v = dense(block + "/v", h, shape.width());
      graph.node("Transpose", List.of(k), block + "/kt", Attribute.integers("perm", 0, 2, 1));
      graph.node("MatMul", List.of(block + "/kt", v), block + "/kv");
      graph.node("MatMul", List.of(q, block + "/kv"), block + "/num");
      graph.node("ReduceSum", List.of(k, "axis1"), block + "/ks");
      graph.node("Mul", List.of(q, block + "/ks"), block + "/qk");
      graph.node("ReduceSum", List.of(block + "/qk", "axis2"), block + "/den0");
      graph.node("Add", List.of(block + "/den0", "tiny"), block + "/den");
      String a = graph.node("Div", List.of(block + "/num", block + "/den"), block + "/a");
      return graph.node("Add", List.of(x, dense(block + "/o", a, shape.width())), block + "/x1");
    }

    private String feedForward(String block, String x) {
      String h = dense(block + "/up", normalized(block + "/n2", x), 2 * shape.width());
      graph.node("Gelu", List.of(h), block + "/gelu");
      graph.initializer(weights(block + "/down", 2 * shape.width(), shape.width(), 0.06f));
      graph.node("MatMul", List.of(block + "/gelu", block + "/down"), block + "/ff");
      return graph.node("Add", List.of(x, block + "/ff"), block + "/x2");
    }

    private String dense(String name, String x, int columns) {
      graph.initializer(weights(name, shape.width(), columns, 0.09f));
      graph.initializer(weights(name + "_bias", 1, columns, 0.05f));
      graph.node("MatMul", List.of(x, name), name + "_product");
      return graph.node("Add", List.of(name + "_product", name + "_bias"), name + "_out");
    }

    private String normalized(String name, String x) {
      float[] gain = new float[shape.width()];
      Arrays.fill(gain, 1);
      graph.initializer(Tensor.float32(name + "_gain", gain, shape.width()));
      graph.initializer(Tensor.float32(name + "_shift", new float[shape.width()], shape.width()));
      return graph.node(
          "LayerNormalization", List.of(x, name + "_gain", name + "_shift"), name + "_out");
    }

    private Tensor weights(String name, int rows, int columns, float spread) {
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        // Sum of four uniforms: bell-shaped, as trained weights are, with unit deviation.
        double bell = -2;
        for (int j = 0; j < 4; j++) {
          bell += random.nextDouble();
        }
        values[i] = (float) (bell * Math.sqrt(3) * spread);
      }
      return Tensor.float32(name, values, rows, columns);
    }
  }
}
