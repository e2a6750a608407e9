package io.distillstream.quantization.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Small graphs, real ones, and the comparison of what two graphs compute. */
public final class Graphs {
  private Graphs() {}

  /** A graph from x to y, both fp32. */
  public static OnnxModel of(
      List<Dimension> x, List<Dimension> y, UnaryOperator<GraphBuilder> body) {
    return of(11, x, y, body);
  }

  public static OnnxModel of(
      long opset, List<Dimension> x, List<Dimension> y, UnaryOperator<GraphBuilder> body) {
    return body.apply(
            GraphBuilder.named("test")
                .opset(opset)
                .input("x", ElementType.FLOAT32, x.toArray(Dimension[]::new))
                .output("y", ElementType.FLOAT32, y.toArray(Dimension[]::new)))
        .build(Map.of("kept", "as it was"));
  }

  /** Lengths, or -1 for an axis that each call brings; the first such one is called a, then b, … */
  public static List<Dimension> shape(long... lengths) {
    Dimension[] dims = new Dimension[lengths.length];
    char name = 'a';
    for (int i = 0; i < dims.length; i++) {
      dims[i] = lengths[i] < 0 ? Dimension.of(String.valueOf(name++)) : Dimension.of(lengths[i]);
    }
    return List.of(dims);
  }

  public static Optimization optimized(OnnxModel model) {
    return new GraphOptimizer(OptimizerSettings.DEFAULT).optimize(model);
  }

  public static List<String> ops(OnnxModel model) {
    return model.nodes().stream().map(NodeProto::getOpType).toList();
  }

  public static Tensor random(String name, long... dims) {
    int elements = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    return Tensor.float32(name, numbers(name.hashCode(), elements, -1, 1), dims);
  }

  /** As variances are. */
  public static Tensor positive(String name, long... dims) {
    int elements = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    return Tensor.float32(name, numbers(name.hashCode(), elements, 0.5, 2), dims);
  }

  private static float[] numbers(long seed, int count, double from, double to) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(from, to);
    }
    return numbers;
  }

  /** Both compute the same for random inputs, to 1e-5 of the largest number. */
  public static void assertSame(OnnxModel before, OnnxModel after) {
    for (int seed = 1; seed <= 3; seed++) {
      assertSame(before, after, sample(before, seed));
    }
  }

  public static void assertSame(OnnxModel before, OnnxModel after, Sample sample) {
    Map<String, TensorValue> expected = run(before, sample);
    Map<String, TensorValue> actual = run(after, sample);
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, value) -> {
          TensorValue other = Objects.requireNonNull(actual.get(name));
          assertThat(other.shape()).as(name).containsExactly(value.shape());
          float largest = 1e-6f;
          for (float number : value.floats()) {
            largest = Math.max(largest, Math.abs(number));
          }
          assertThat(other.floats())
              .as(name)
              .containsExactly(value.floats(), within(1e-5f * largest));
          assertThat(other.longs()).as(name).containsExactly(value.longs());
        });
  }

  public static Map<String, TensorValue> run(OnnxModel model, Sample sample) {
    try (LoadedModel loaded = OnnxRuntimeModel.load(model)) {
      return loaded.run(sample);
    }
  }

  /** Axes of equal names get equal lengths. */
  private static Sample sample(OnnxModel model, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Dimension, Long> lengths = new LinkedHashMap<>();
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    for (Port port : model.inputs()) {
      long[] shape = new long[port.shape().size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] =
            port.shape().get(i) instanceof Dimension.Fixed fixed
                ? fixed.length()
                : lengths.computeIfAbsent(port.shape().get(i), d -> random.nextLong(1, 6));
      }
      int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      inputs.put(
          port.name(),
          port.type() == ElementType.FLOAT32
              ? TensorValue.of(numbers(random.nextLong(), elements, -3, 3), shape)
              : TensorValue.of(random.longs(elements, 0, 2).toArray(), shape));
    }
    return new Sample(inputs);
  }

  public static OnnxModel resource(String name) {
    try (InputStream in = Objects.requireNonNull(Graphs.class.getResourceAsStream(name), name)) {
      return OnnxModel.read(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
