package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.Graphs;
import io.distillstream.quantization.optimize.Optimization;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RectifierBeforePoolingTest {

  @Test
  void shouldRectifyBeforePooling() {
    OnnxModel model =
        pooled(Attribute.integers("pads", 1, 1, 1, 1), Attribute.integers("strides", 2, 2));

    Optimization optimization = Graphs.optimized(model);

    assertThat(optimization.count("Relu before MaxPool")).isEqualTo(1);
    assertThat(Graphs.ops(optimization.model())).containsExactly("Conv", "Relu", "MaxPool", "Add");
    Graphs.assertSame(model, optimization.model());
  }

  @Test
  void shouldLeavePoolingsAloneWhoseWindowsMayBeEmpty() {
    assertLeftAlone(pooled(Attribute.integer("ceil_mode", 1)));
    assertLeftAlone(pooled(Attribute.integers("dilations", 2, 2)));
  }

  @Test
  void shouldLeaveAPooledValueAloneThatOthersSee() {
    assertLeftAlone(
        graph(
            graph -> {
              graph.node("Conv", List.of("x", "k"), List.of("c"));
              graph.node("MaxPool", List.of("c"), List.of("p"), kernel());
              graph.node("Relu", List.of("p"), List.of("r"));
              graph.node("Add", List.of("r", "p"), List.of("y"));
            }));
    assertLeftAlone(
        graph(
            graph -> {
              graph.output("p", ElementType.FLOAT32, shape(1, 3, 7, 7).toArray(Dimension[]::new));
              graph.node("Conv", List.of("x", "k"), List.of("c"));
              graph.node("MaxPool", List.of("c"), List.of("p"), kernel());
              graph.node("Relu", List.of("p"), List.of("y"));
            }));
  }

  @Test
  void shouldLeaveThePoolingOfSomethingElseAlone() {
    assertLeftAlone(
        graph(
            graph -> {
              graph.node("Abs", List.of("x"), List.of("c"));
              graph.node("MaxPool", List.of("c"), List.of("p"), kernel());
              graph.node("Relu", List.of("p"), List.of("y"));
            }));
  }

  private static void assertLeftAlone(OnnxModel model) {
    Optimization optimization = Graphs.optimized(model);

    assertThat(optimization.count("Relu before MaxPool")).isZero();
    Graphs.assertSame(model, optimization.model());
  }

  private static OnnxModel pooled(Attribute... more) {
    return graph(
        graph -> {
          Attribute[] all = new Attribute[more.length + 1];
          all[0] = kernel();
          System.arraycopy(more, 0, all, 1, more.length);
          graph.node("Conv", List.of("x", "k"), List.of("c"));
          graph.node("MaxPool", List.of("c"), List.of("p"), all);
          graph.node("Relu", List.of("p"), List.of("r"));
          graph.initializer(random("shift", 1));
          graph.node("Add", List.of("r", "shift"), List.of("y"));
        });
  }

  private static Attribute kernel() {
    return Attribute.integers("kernel_shape", 2, 2);
  }

  private static OnnxModel graph(Consumer<GraphBuilder> body) {
    return Graphs.of(
        shape(1, 3, 8, 8),
        shape(1, 3, -1, -1),
        graph -> {
          graph.initializer(random("k", 3, 3, 1, 1));
          body.accept(graph);
          return graph;
        });
  }
}
