package io.distillstream.quantization.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.WatchedValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Small graphs with an input {@code x} and an output {@code y}, and what they are quantized to. */
public final class Graphs {
  public static final SchemeOptions ALL = SchemeOptions.DEFAULTS.withMinSavedBytes(0);

  private Graphs() {}

  /** A graph of matrices: x [rows, width]. */
  public static OnnxModel matrices(int width, Consumer<GraphBuilder> body) {
    return of(body, Dimension.of("rows"), Dimension.of(width));
  }

  /** A graph whose x has the given shape. */
  public static OnnxModel of(Consumer<GraphBuilder> body, Dimension... shape) {
    GraphBuilder graph = GraphBuilder.named("test").input("x", ElementType.FLOAT32, shape);
    graph.output("y", ElementType.FLOAT32);
    body.accept(graph);
    OnnxModel built = graph.build(Map.of());
    // The rank of the result is left to the engine.
    var proto = built.proto().toBuilder();
    proto
        .getGraphBuilder()
        .getOutputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .clearShape();
    return OnnxModel.of(proto.build());
  }

  /** x · w. */
  public static OnnxModel product(float[] weights, int inner, int columns) {
    return matrices(
        inner,
        graph -> {
          graph.initializer(Tensor.float32("w", weights, inner, columns));
          graph.node("MatMul", List.of("x", "w"), "y");
        });
  }

  /** One LSTM, GRU or RNN: x [steps, batch, inputs]. */
  public static OnnxModel recurrence(String op, int gates, int directions, int inputs, int states) {
    return of(
        graph -> {
          graph.initializer(random("w", directions, (long) gates * states, inputs));
          graph.initializer(random("r", directions, (long) gates * states, states));
          graph.initializer(random("b", directions, 2L * gates * states));
          graph.node(
              op,
              List.of("x", "w", "r", "b"),
              "y",
              Attribute.integer("hidden_size", states),
              Attribute.text("direction", directions == 2 ? "bidirectional" : "forward"));
        },
        Dimension.of("steps"),
        Dimension.of("batch"),
        Dimension.of(inputs));
  }

  /** Values from -1 to 1 that depend on the name only. */
  public static Tensor random(String name, long... dims) {
    long elements = 1;
    for (long dim : dims) {
      elements *= dim;
    }
    return Tensor.float32(name, random(name.hashCode(), (int) elements, -1, 1), dims);
  }

  public static float[] random(long seed, int count, double least, double greatest) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(least, greatest);
    }
    return values;
  }

  public static GraphQuantizer quantizer(OnnxModel model) {
    return quantizer(model, ALL);
  }

  public static GraphQuantizer quantizer(OnnxModel model, SchemeOptions options) {
    return new GraphQuantizer(model, new ActivationRanges(Map.of()), options);
  }

  /** All that can be held so. */
  public static OnnxModel quantized(OnnxModel model, Precision precision) {
    return quantized(model, precision, ALL);
  }

  public static OnnxModel quantized(OnnxModel model, Precision precision, SchemeOptions options) {
    GraphQuantizer quantizer = quantizer(model, options);
    return quantizer.apply(quantizer.plan(precision));
  }

  /** The same with the ranges that one input shows, of which those watched must be enough. */
  public static OnnxModel onGrids(
      OnnxModel model, float[] x, SchemeOptions options, long... shape) {
    ActivationRanges all = ranges(model, x, shape);
    Map<String, Range> watched = new HashMap<>(all.byTensor());
    watched.keySet().retainAll(WatchedValues.of(quantizer(model, options).layers()));
    OnnxModel held = onGrids(model, all, options);
    assertThat(onGrids(model, new ActivationRanges(watched), options).bytes())
        .as("from watched values alone")
        .isEqualTo(held.bytes());
    return held;
  }

  private static OnnxModel onGrids(
      OnnxModel model, ActivationRanges ranges, SchemeOptions options) {
    GraphQuantizer quantizer = new GraphQuantizer(model, ranges, options);
    return quantizer.apply(quantizer.plan(Precision.INT8_STATIC));
  }

  /** The ranges of all values for one input. */
  public static ActivationRanges ranges(OnnxModel model, float[] x, long... shape) {
    Set<String> values = new LinkedHashSet<>();
    model.nodes().forEach(node -> values.addAll(node.getOutputList()));
    values.removeIf(String::isEmpty);
    Map<String, Range> ranges = new HashMap<>();
    ranges.put("x", range(x));
    Engine.all(model, new ArrayList<>(values), x, shape)
        .forEach((name, found) -> ranges.put(name, range(found)));
    return new ActivationRanges(ranges);
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

  public static List<String> ops(OnnxModel model) {
    return model.nodes().stream().map(NodeProto::getOpType).toList();
  }
}
