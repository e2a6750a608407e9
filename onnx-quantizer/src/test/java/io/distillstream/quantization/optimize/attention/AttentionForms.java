package io.distillstream.quantization.optimize.attention;

import static io.distillstream.quantization.optimize.Graphs.random;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Self-attention in fp32, in the ways in which exporters write it, and what only looks like it. */
final class AttentionForms {
  static final int WIDTH = 12;
  private static final int HEADS = 3;
  private static final int SIZE = WIDTH / HEADS;
  private static final int BATCH = 2;
  private static final int LENGTH = 5;

  /** Ways to write it. */
  enum Style {
    SCORES_DIVIDED,
    SCORES_MULTIPLIED_FIRST_OPERAND,
    QUERIES_AND_KEYS_MULTIPLIED,
    UNUSUAL_FACTOR,
    KEYS_TRANSPOSED_TWICE,
    NO_BIAS,
    NO_MASK,
    SIZE_OPEN,
    COUNT_OPEN,
    AXES_AT_ONCE
  }

  /** Ways in which it is something else. */
  enum Other {
    KEYS_OF_OTHER_ACTIVATIONS,
    SCORES_ARE_AN_OUTPUT,
    VALUES_MULTIPLIED,
    ONE_MASK_FOR_ALL_TEXTS,
    LENGTH_OPEN,
    SOFTMAX_OVER_QUERIES,
    MASK_NOT_OF_AN_INPUT,
    HEADS_IN_ANOTHER_ORDER
  }

  private AttentionForms() {}

  /** Two layers with the weights of one. */
  static OnnxModel twiceWithSharedWeights() {
    GraphBuilder graph = frame(List.of("x"), Dimension.of("batch"));
    graph.initializer(Tensor.int64("heads", new long[] {0, 0, HEADS, SIZE}, 4));
    graph.initializer(Tensor.int64("whole", new long[] {0, 0, WIDTH}, 3));
    for (String name : List.of("q", "k", "v")) {
      graph.initializer(random(name + "/w", WIDTH, WIDTH));
    }
    shared(graph, "x", "first", "middle");
    shared(graph, "middle", "second", "y");
    return graph.build(Map.of());
  }

  private static void shared(GraphBuilder graph, String x, String layer, String y) {
    for (String name : List.of("q", "k", "v")) {
      graph.node("MatMul", List.of(x, name + "/w"), layer + name);
      graph.node("Reshape", List.of(layer + name, "heads"), layer + name + "/split");
    }
    transpose(graph, layer + "q/split", layer + "q/heads", 0, 2, 1, 3);
    transpose(graph, layer + "k/split", layer + "k/heads", 0, 2, 3, 1);
    transpose(graph, layer + "v/split", layer + "v/heads", 0, 2, 1, 3);
    graph.node("MatMul", List.of(layer + "q/heads", layer + "k/heads"), layer + "scores");
    graph.node(
        "Softmax", List.of(layer + "scores"), layer + "weights", Attribute.integer("axis", -1));
    graph.node("MatMul", List.of(layer + "weights", layer + "v/heads"), layer + "mixed");
    transpose(graph, layer + "mixed", layer + "turned", 0, 2, 1, 3);
    graph.node("Reshape", List.of(layer + "turned", "whole"), y);
  }

  /** The first tokens are there, the others padding. */
  static Sample sample(OnnxModel model, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, TensorValue> inputs = new HashMap<>();
    for (String name : model.inputs().stream().map(port -> port.name()).toList()) {
      if (name.equals("m")) {
        long[] mask = new long[BATCH * LENGTH];
        for (int row = 0; row < BATCH; row++) {
          Arrays.fill(mask, row * LENGTH, row * LENGTH + 1 + random.nextInt(LENGTH), 1);
        }
        inputs.put(name, TensorValue.of(mask, BATCH, LENGTH));
      } else {
        float[] values = new float[BATCH * LENGTH * WIDTH];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-3, 3);
        }
        inputs.put(name, TensorValue.of(values, BATCH, LENGTH, WIDTH));
      }
    }
    return new Sample(inputs);
  }

  /** Attention written in one of the ways. */
  static OnnxModel attention(Style style) {
    GraphBuilder graph =
        frame(style == Style.NO_MASK ? List.of("x") : List.of("x", "m"), Dimension.of("batch"));
    boolean biased = style != Style.NO_BIAS;
    long count = style == Style.COUNT_OPEN ? -1 : HEADS;
    long size = style == Style.SIZE_OPEN ? -1 : SIZE;
    for (String name : List.of("q", "k", "v")) {
      project(graph, name, "x", biased);
      split(graph, name, 0, 0, count, size);
    }
    transpose(graph, "q/split", "q/heads", 0, 2, 1, 3);
    transpose(graph, "v/split", "v/heads", 0, 2, 1, 3);
    if (style == Style.KEYS_TRANSPOSED_TWICE) {
      transpose(graph, "k/split", "k/once", 0, 2, 1, 3);
      transpose(graph, "k/once", "k/heads", 0, 1, 3, 2);
    } else {
      transpose(graph, "k/split", "k/heads", 0, 2, 3, 1);
    }
    scores(graph, style);
    if (style == Style.NO_MASK) {
      graph.node("Softmax", List.of("scores"), "weights", Attribute.integer("axis", -1));
    } else {
      mask(graph, "m", style == Style.AXES_AT_ONCE);
      graph.node("Add", List.of("scores", "mask"), "masked");
      graph.node("Softmax", List.of("masked"), "weights", Attribute.integer("axis", -1));
    }
    mix(graph, "v/heads");
    return graph.build(Map.of());
  }

  private static void scores(GraphBuilder graph, Style style) {
    String q = "q/heads";
    String k = "k/heads";
    if (style == Style.QUERIES_AND_KEYS_MULTIPLIED) {
      graph.initializer(Tensor.scalar("root", (float) Math.pow(SIZE, -0.25)));
      q = graph.node("Mul", List.of(q, "root"), "q/scaled");
      k = graph.node("Mul", List.of(k, "root"), "k/scaled");
      graph.node("MatMul", List.of(q, k), "scores");
      return;
    }
    graph.node("MatMul", List.of(q, k), "product");
    if (style == Style.SCORES_MULTIPLIED_FIRST_OPERAND) {
      graph.initializer(Tensor.scalar("factor", (float) (1 / Math.sqrt(SIZE))));
      graph.node("Mul", List.of("factor", "product"), "scores");
    } else {
      double divisor = style == Style.UNUSUAL_FACTOR ? 7 : Math.sqrt(SIZE);
      graph.initializer(Tensor.scalar("divisor", (float) divisor));
      graph.node("Div", List.of("product", "divisor"), "scores");
    }
  }

  /** Something that is not quite attention. */
  static OnnxModel attention(Other other) {
    GraphBuilder graph =
        frame(
            other == Other.KEYS_OF_OTHER_ACTIVATIONS ? List.of("x", "z", "m") : List.of("x", "m"),
            other == Other.ONE_MASK_FOR_ALL_TEXTS ? Dimension.of(1) : Dimension.of("batch"));
    for (String name : List.of("q", "k", "v")) {
      boolean foreign = name.equals("k") && other == Other.KEYS_OF_OTHER_ACTIVATIONS;
      project(graph, name, foreign ? "z" : "x", /* biased= */ true);
      split(graph, name, 0, other == Other.LENGTH_OPEN ? -1 : 0, HEADS, SIZE);
    }
    transpose(graph, "q/split", "q/heads", 0, 2, 1, 3);
    transpose(graph, "v/split", "v/heads", 0, 2, 1, 3);
    transpose(graph, "k/split", "k/heads", 0, 2, 3, 1);
    scores(graph, Style.SCORES_DIVIDED);
    if (other == Other.SCORES_ARE_AN_OUTPUT) {
      graph.output(
          "scores",
          ElementType.FLOAT32,
          Dimension.of("batch"),
          Dimension.of(HEADS),
          Dimension.of("length"),
          Dimension.of("length"));
    }
    if (other == Other.MASK_NOT_OF_AN_INPUT) {
      graph.initializer(random("mask", 1, 1, 1, LENGTH));
    } else {
      mask(graph, "m", /* atOnce= */ false);
    }
    graph.node("Add", List.of("scores", "mask"), "masked");
    graph.node(
        "Softmax",
        List.of("masked"),
        "weights",
        Attribute.integer("axis", other == Other.SOFTMAX_OVER_QUERIES ? 2 : 3));
    if (other == Other.VALUES_MULTIPLIED) {
      graph.initializer(Tensor.scalar("half", 0.5f));
      graph.node("Mul", List.of("v/heads", "half"), "v/half");
      mix(graph, "v/half");
    } else if (other == Other.HEADS_IN_ANOTHER_ORDER) {
      graph.node("MatMul", List.of("weights", "v/heads"), "mixed");
      transpose(graph, "mixed", "turned", 0, 2, 3, 1);
      graph.initializer(Tensor.int64("whole", new long[] {0, 0, WIDTH}, 3));
      graph.node("Reshape", List.of("turned", "whole"), "y");
    } else {
      mix(graph, "v/heads");
    }
    return graph.build(Map.of());
  }

  private static GraphBuilder frame(List<String> inputs, Dimension masks) {
    GraphBuilder graph = GraphBuilder.named("attention").opset(17);
    for (String input : inputs) {
      if (input.equals("m")) {
        graph.input("m", ElementType.INT64, masks, Dimension.of("length"));
      } else {
        graph.input(
            input,
            ElementType.FLOAT32,
            Dimension.of("batch"),
            Dimension.of("length"),
            Dimension.of(WIDTH));
      }
    }
    return graph.output(
        "y",
        ElementType.FLOAT32,
        Dimension.of("batch"),
        Dimension.of("length"),
        Dimension.of(WIDTH));
  }

  private static void project(GraphBuilder graph, String name, String x, boolean biased) {
    graph.initializer(random(name + "/w", WIDTH, WIDTH));
    if (biased) {
      graph.node("MatMul", List.of(x, name + "/w"), name + "/product");
      graph.initializer(random(name + "/b", WIDTH));
      graph.node("Add", List.of(name + "/b", name + "/product"), name);
    } else {
      graph.node("MatMul", List.of(x, name + "/w"), name);
    }
  }

  private static void split(GraphBuilder graph, String name, long... shape) {
    graph.initializer(Tensor.int64(name + "/shape", shape, shape.length));
    graph.node("Reshape", List.of(name, name + "/shape"), name + "/split");
  }

  private static void transpose(GraphBuilder graph, String from, String to, long... order) {
    graph.node("Transpose", List.of(from), to, Attribute.integers("perm", order));
  }

  private static void mask(GraphBuilder graph, String input, boolean atOnce) {
    String wide;
    if (atOnce) {
      graph.initializer(Tensor.int64("axes", new long[] {1, 2}, 2));
      wide = graph.node("Unsqueeze", List.of(input, "axes"), "wide");
    } else {
      graph.initializer(Tensor.int64("axis 1", new long[] {1}, 1));
      graph.initializer(Tensor.int64("axis 2", new long[] {2}, 1));
      graph.node("Unsqueeze", List.of(input, "axis 1"), "wider");
      wide = graph.node("Unsqueeze", List.of("wider", "axis 2"), "wide");
    }
    graph.node("Cast", List.of(wide), "tokens", Attribute.castTo(ElementType.FLOAT32));
    graph.initializer(Tensor.scalar("one", 1f)).initializer(Tensor.scalar("low", -10_000f));
    graph.node("Sub", List.of("one", "tokens"), "padding");
    graph.node("Mul", List.of("padding", "low"), "mask");
  }

  private static void mix(GraphBuilder graph, String values) {
    graph.node("MatMul", List.of("weights", values), "mixed");
    transpose(graph, "mixed", "turned", 0, 2, 1, 3);
    graph.initializer(Tensor.int64("whole", new long[] {0, 0, WIDTH}, 3));
    graph.node("Reshape", List.of("turned", "whole"), "y");
  }
}
