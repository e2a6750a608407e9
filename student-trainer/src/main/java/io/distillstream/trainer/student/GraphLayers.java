package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.decimal;
import static io.distillstream.onnx.Attribute.integer;
import static io.distillstream.onnx.Attribute.integers;
import static io.distillstream.onnx.Attribute.text;

import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.Tensor;
import io.distillstream.trainer.parameter.TableRows;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Layers as ONNX nodes. Weights stay plain constants under their parameter names, matrices as
 * {@code [in, out]}, so that a quantizer finds them.
 */
final class GraphLayers {
  private final GraphBuilder graph;
  private final StudentWeights weights;
  private final Set<String> constants = new HashSet<>();

  GraphLayers(GraphBuilder graph, StudentWeights weights) {
    this.graph = graph;
    this.weights = weights;
  }

  GraphBuilder graph() {
    return graph;
  }

  String node(String op, String output, String... inputs) {
    return graph.node(op, List.of(inputs), output);
  }

  /** The value of a parameter, in its own shape. */
  String parameter(String name) {
    return parameter(name, weights.get(name).shape());
  }

  /** The value of a parameter, reshaped. */
  String parameter(String name, int... shape) {
    long[] dims = Arrays.stream(shape).asLongStream().toArray();
    return constant(Tensor.float32(name, weights.get(name).values(), dims));
  }

  /**
   * The vectors of entries of the word table. Where entries share rows, an int32 vector says which;
   * as it is no matrix, a quantizer leaves it alone.
   */
  String lookup(TableRows rows, String entries, String output) {
    String picked = entries;
    if (rows.shared()) {
      String map =
          constant(Tensor.int32(StudentSpec.EMBEDDING_ROWS, rows.toArray(), rows.entries()));
      picked = node("Gather", output + "_rows", map, entries);
    }
    return node("Gather", output, parameter(StudentSpec.EMBEDDING), picked);
  }

  /** A constant that may have been added already. */
  String constant(Tensor tensor) {
    if (constants.add(tensor.name())) {
      graph.initializer(tensor);
    }
    return tensor.name();
  }

  /** An int64 vector: axes or a shape. */
  String vector(String name, long... values) {
    return constant(Tensor.int64(name, values, values.length));
  }

  /** An int64 scalar. */
  String number(String name, long value) {
    return constant(Tensor.scalar(name, value));
  }

  String axis(int axis) {
    return vector("axes_" + axis, axis);
  }

  String linear(String name, String x, String output) {
    String product = node("MatMul", name + "_product", x, parameter(name + ".weight"));
    return node("Add", output, product, parameter(name + ".bias"));
  }

  /** Layer norm over the last axis. */
  String norm(String name, String x) {
    return graph.node(
        "LayerNormalization",
        List.of(x, parameter(name + ".scale"), parameter(name + ".shift")),
        name + "_normed",
        integer("axis", -1),
        decimal("epsilon", TransformerSpec.NORM_EPSILON));
  }

  /** {@code W2 gelu(W1 norm(x) + b1) + b2}. */
  String feedForward(String name, String x) {
    String inner = linear(name + ".inner", norm(name + ".norm", x), name + "_inner");
    String active = name + "_active";
    graph.node("Gelu", List.of(inner), active, text("approximate", "none"));
    return linear(name + ".outer", active, name + "_outer");
  }

  /** {@code φ(x) = elu(x) + 1}. */
  String feature(String x) {
    return node("Add", x + "_feature", node("Elu", x + "_elu", x), one());
  }

  String one() {
    return constant(Tensor.scalar("one", 1f));
  }

  String sum(String x, String axes, String output, long keep) {
    return graph.node("ReduceSum", List.of(x, axes), output, integer("keepdims", keep));
  }

  String transpose(String x, String output, long... order) {
    return graph.node("Transpose", List.of(x), output, integers("perm", order));
  }
}
