package io.distillstream.quantization.optimize.shape;

import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes that exporters compute and that are known, or follow from the input that is reshaped. */
class ShapesTest {

  @Test
  void shouldReshapeRelativeToTheInput() {
    OnnxModel model =
        Graphs.of(
            shape(-1, -1, 6),
            shape(-1, -1, 2, 3),
            graph -> {
              lengths(graph, "x", 0, 1);
              graph.initializer(Tensor.int64("rest", new long[] {2, 3}, 2));
              return reshape(graph, "x", "length-0", "length-1", "rest");
            });

    OnnxModel simpler = Graphs.optimized(model).model();

    assertThat(Graphs.ops(simpler)).containsExactly("Reshape");
    assertThat(simpler.initializer(simpler.nodes().get(0).getInput(1)).orElseThrow().longs())
        .containsExactly(0, 0, 2, 3);
    Graphs.assertSame(model, simpler);
  }

  @Test
  void shouldReshapeRelativeToAnotherValueWithAxesOfTheSameNames() {
    OnnxModel model =
        Graphs.of(
            shape(-1, -1, 6),
            shape(-1, -1, 2, 3),
            graph -> {
              lengths(graph, "x", 0, 1);
              graph.initializer(Tensor.int64("rest", new long[] {2, 3}, 2));
              graph.node("Abs", List.of("x"), List.of("z"));
              return reshape(graph, "z", "length-0", "length-1", "rest");
            });

    OnnxModel simpler = Graphs.optimized(model).model();

    assertThat(Graphs.ops(simpler)).containsExactly("Abs", "Reshape");
    Graphs.assertSame(model, simpler);
  }

  @Test
  void shouldReadSlicesCastsAndUnsqueezedScalars() {
    OnnxModel model =
        Graphs.of(
            shape(-1, -1, 6),
            shape(-1, -1, 2, 3),
            graph -> {
              for (long number : new long[] {-3, -2, 0, 1}) {
                graph.initializer(Tensor.int64("v" + number, new long[] {number}, 1));
              }
              graph.initializer(Tensor.scalar("one", 1L));
              graph.initializer(Tensor.int64("rest", new long[] {-1, 3}, 2));
              graph.node("Shape", List.of("x"), List.of("shape"));
              graph.node("Cast", List.of("shape"), "narrow", Attribute.integer("to", 6));
              graph.node("Slice", List.of("narrow", "v-3", "v-2", "v0", "v1"), List.of("first"));
              graph.node("Cast", List.of("first"), "wide", Attribute.integer("to", 7));
              graph.node("Gather", List.of("shape", "one"), List.of("second"));
              graph.node("Unsqueeze", List.of("second"), "s", Attribute.integers("axes", 0));
              return reshape(graph, "x", "wide", "s", "rest");
            });

    OnnxModel simpler = Graphs.optimized(model).model();

    assertThat(Graphs.ops(simpler)).containsExactly("Reshape");
    assertThat(simpler.initializer(simpler.nodes().get(0).getInput(1)).orElseThrow().longs())
        .containsExactly(0, 0, -1, 3);
    Graphs.assertSame(model, simpler);
  }

  @Test
  void shouldNotTakeOneAxisForAnother() {
    OnnxModel model =
        Graphs.of(
            shape(-1, -1, 6),
            shape(-1, -1, 2, 3),
            graph -> {
              lengths(graph, "x", 0, 1);
              graph.initializer(Tensor.int64("rest", new long[] {2, 3}, 2));
              return reshape(graph, "x", "length-1", "length-0", "rest");
            });

    OnnxModel same = Graphs.optimized(model).model();

    assertThat(Graphs.ops(same)).contains("Shape", "Concat");
    Graphs.assertSame(model, same);
  }

  @Test
  void shouldNotReadAZeroAsTheInputsLengthWhereItMeansZero() {
    OnnxModel model =
        Graphs.of(
            14,
            shape(-1, 6),
            shape(-1, 2, 3),
            graph -> {
              lengths(graph, "x", 0);
              graph.initializer(Tensor.int64("rest", new long[] {2, 3}, 2));
              graph.node("Concat", List.of("length-0", "rest"), "to", Attribute.integer("axis", 0));
              return graph.node(
                  "Reshape", List.of("x", "to"), List.of("y"), Attribute.integer("allowzero", 1));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model())).contains("Concat");
  }

  @Test
  void shouldKnowLengthsThatNeverChange() {
    OnnxModel model =
        Graphs.of(
            shape(-1, 6),
            shape(-1, 6),
            graph -> {
              graph.initializer(Tensor.scalar("1", 1L));
              graph.node("Shape", List.of("x"), "shape");
              graph.node("Gather", List.of("shape", "1"), "width");
              graph.node("Cast", List.of("width"), "w", Attribute.integer("to", 1));
              return graph.node("Div", List.of("x", "w"), List.of("y"));
            });

    OnnxModel simpler = Graphs.optimized(model).model();

    assertThat(Graphs.ops(simpler)).containsExactly("Div");
    Graphs.assertSame(model, simpler);
  }

  @Test
  void shouldNotTakeAColumnForAVector() {
    OnnxModel model =
        Graphs.of(
            shape(2, 6),
            shape(2, 6),
            graph -> {
              graph.initializer(Tensor.scalar("zero", 0L));
              graph.node("Abs", List.of("x"), List.of("a"));
              graph.node("Shape", List.of("a"), List.of("shape"));
              graph.node("Unsqueeze", List.of("shape"), "column", Attribute.integers("axes", 1));
              graph.node("Gather", List.of("column", "zero"), List.of("row"));
              graph.node("Shape", List.of("row"), List.of("ones"));
              graph.node("Cast", List.of("ones"), "one", Attribute.integer("to", 1));
              return graph.node("Div", List.of("x", "one"), List.of("y"));
            });

    Graphs.assertSame(model, Graphs.optimized(model).model());
  }

  @Test
  void shouldKnowAWholeShapeThatNeverChanges() {
    OnnxModel model =
        Graphs.of(
            shape(2, 6),
            shape(3, 4),
            graph -> {
              graph.initializer(Tensor.float32("like", new float[12], 3, 4));
              graph.node("Mul", List.of("like", "like"), List.of("squares"));
              graph.node("Shape", List.of("squares"), List.of("shape"));
              return graph.node("Reshape", List.of("x", "shape"), List.of("y"));
            });

    OnnxModel simpler = Graphs.optimized(model).model();

    assertThat(Graphs.ops(simpler)).containsExactly("Reshape");
    Graphs.assertSame(model, simpler);
  }

  private static void lengths(GraphBuilder graph, String value, int... axes) {
    graph.node("Shape", List.of(value), List.of("shape"));
    for (int axis : axes) {
      graph.initializer(Tensor.int64("axis-" + axis, new long[] {axis}, 1));
      graph.node("Gather", List.of("shape", "axis-" + axis), List.of("length-" + axis));
    }
  }

  private static GraphBuilder reshape(GraphBuilder graph, String value, String... parts) {
    graph.node("Concat", List.of(parts), List.of("to"), Attribute.integer("axis", 0));
    return graph.node("Reshape", List.of(value, "to"), List.of("y"));
  }
}
