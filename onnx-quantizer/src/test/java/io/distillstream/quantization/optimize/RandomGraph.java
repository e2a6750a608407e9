package io.distillstream.quantization.optimize;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes graphs out of random blocks; equal seeds give equal graphs. */
final class RandomGraph {
  private final SplittableRandom random;
  private final GraphBuilder graph;
  private final Dimension[] shape;

  /** Values of the shape of x. */
  private final List<String> values = new ArrayList<>(List.of("x"));

  private final boolean images;
  private final int width;
  private int names;

  private RandomGraph(long seed) {
    random = new SplittableRandom(seed);
    images = random.nextBoolean();
    width = random.nextInt(2, 6);
    Dimension batch = Dimension.of("n");
    boolean rows = random.nextBoolean();
    shape =
        images
            ? new Dimension[] {batch, Dimension.of(width), Dimension.of(4), Dimension.of(4)}
            : rows
                ? new Dimension[] {batch, Dimension.of(width)}
                : new Dimension[] {batch, Dimension.of(3), Dimension.of(width)};
    graph =
        GraphBuilder.named("random")
            .opset(random.nextInt(11, 13))
            .input("x", ElementType.FLOAT32, shape);
  }

  static OnnxModel of(long seed) {
    return new RandomGraph(seed).build();
  }

  private OnnxModel build() {
    int blocks = random.nextInt(2, 8);
    for (int i = 0; i < blocks; i++) {
      // Mostly a chain; sometimes a branch from an earlier value.
      String from =
          values.get(random.nextInt(3) == 0 ? random.nextInt(values.size()) : values.size() - 1);
      values.add(block(from));
      if (random.nextInt(6) == 0) {
        graph.output(values.get(values.size() - 1), ElementType.FLOAT32, shape);
      }
    }
    graph.node("Sum", List.of(values.get(values.size() - 1), any()), "y");
    return graph.output("y", ElementType.FLOAT32, shape).build(Map.of());
  }

  private String block(String x) {
    return switch (random.nextInt(8)) {
      case 0 -> node("Relu", x);
      case 1 -> node("Identity", x);
      case 2 -> node(pick("Add", "Sub", "Mul"), x, perChannel());
      case 3 -> images ? normalized(convolution(x)) : layerNormalization(x);
      case 4 -> images ? convolution(x) : affine(x);
      case 5 -> gelu(x);
      case 6 -> node("Mul", x, foldable());
      default -> node(pick("Add", "Mul"), x, any());
    };
  }

  private String convolution(String x) {
    return node("Conv", x, weights(width, width, 1, 1), weights(width));
  }

  private String normalized(String x) {
    return node(
        "BatchNormalization",
        x,
        weights(width),
        weights(width),
        weights(width),
        constant(Graphs.positive(name(), width)));
  }

  private String affine(String x) {
    return node("Add", weights(width), node("MatMul", x, weights(width, width)));
  }

  private String layerNormalization(String x) {
    String mean = name();
    graph.node("ReduceMean", List.of(x), mean, Attribute.integers("axes", -1));
    String centred = node("Sub", x, mean);
    String square =
        random.nextBoolean() ? node("Mul", centred, centred) : node("Pow", centred, number(2));
    String variance = name();
    graph.node("ReduceMean", List.of(square), variance, Attribute.integers("axes", -1));
    values.addAll(random.nextInt(5) == 0 ? List.of(centred) : List.of());
    String root = node("Sqrt", node("Add", variance, number(0.1f)));
    String normalized = node("Div", centred, root);
    return node("Add", node("Mul", normalized, weights(width)), weights(width));
  }

  private String gelu(String x) {
    String curve = node("Add", number(1), node("Erf", node("Div", x, number(1.4142135f))));
    values.addAll(random.nextInt(5) == 0 ? List.of(curve) : List.of());
    return node("Mul", node("Mul", x, curve), number(0.5f));
  }

  /** A constant that is computed from others. */
  private String foldable() {
    return node("Add", perChannel(), node("Neg", perChannel()));
  }

  /** Spread over everything but channels; on images those are the second axis. */
  private String perChannel() {
    return images ? weights(width, 1, 1) : weights(width);
  }

  private String any() {
    return values.get(random.nextInt(values.size()));
  }

  private String pick(String... ops) {
    return ops[random.nextInt(ops.length)];
  }

  private String weights(long... dims) {
    return constant(Graphs.random(name(), dims));
  }

  private String number(float value) {
    return constant(Tensor.scalar(name(), value));
  }

  private String constant(Tensor tensor) {
    if (random.nextBoolean()) {
      graph.initializer(tensor);
    } else {
      graph.node("Constant", List.of(), tensor.name(), Attribute.tensor("value", tensor));
    }
    return tensor.name();
  }

  private String node(String op, String... inputs) {
    return graph.node(op, List.of(inputs), name());
  }

  private String name() {
    return "v" + names++;
  }
}
