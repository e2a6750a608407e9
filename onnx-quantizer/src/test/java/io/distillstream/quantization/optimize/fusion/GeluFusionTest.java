package io.distillstream.quantization.optimize.fusion;

import static io.distillstream.quantization.optimize.fusion.Fused.assertFused;
import static io.distillstream.quantization.optimize.fusion.Fused.assertNotFused;
import static io.distillstream.quantization.optimize.fusion.Fused.wide;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GELU, in the ways in which exporters write it out. */
class GeluFusionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x*h,1+erf(x/r)",
        "x,h*(1+erf(x/r))",
        "(x*(1+erf(x/r)))*h",
        "x*h,erf(x*i)+1",
        "(x*(1+erf(x/r)))/2"
      })
  void shouldFindGeluHoweverItsFactorsAreOrdered(String form) {
    assertFused(wide(graph -> erfGelu(graph, form)), "Gelu");
  }

  @ParameterizedTest
  @EnumSource(Cubic.class)
  void shouldFindTheTanhFormHoweverItsPolynomialIsWritten(Cubic cubic) {
    OnnxModel model = wide(graph -> tanhGelu(graph, cubic, 0.044715f));

    OnnxModel fused = assertFused(model, "Gelu");

    assertThat(Attribute.textOf(fused.nodes().get(0), "approximate", "none")).isEqualTo("tanh");
  }

  @Test
  void shouldNotTakeAnotherPolynomialForGelu() {
    assertNotFused(wide(graph -> tanhGelu(graph, Cubic.POW, 0.0447f)), "Gelu");
  }

  @Test
  void shouldNotTakeHalfAGeluForAWhole() {
    assertNotFused(wide(graph -> erfGelu(graph, "x,1+erf(x/r)")), "Gelu");
  }

  @Test
  void shouldLeaveGeluAloneWhoseInnerValueIsUsedElsewhere() {
    assertNotFused(
        wide(
            graph -> {
              erfGelu(graph, "(x*(1+erf(x/r)))*h", "g");
              return graph.node("Add", List.of("g", "erf"), List.of("y"));
            }),
        "Gelu");
  }

  private static GraphBuilder erfGelu(GraphBuilder graph, String form) {
    return erfGelu(graph, form, "y");
  }

  private static GraphBuilder erfGelu(GraphBuilder graph, String form, String output) {
    graph.initializer(Tensor.scalar("h", 0.5f)).initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("2", 2f)).initializer(Tensor.scalar("r", 1.4142135f));
    graph.initializer(Tensor.scalar("i", 0.70710677f));
    boolean times = form.contains("x*i");
    graph.node(times ? "Mul" : "Div", List.of("x", times ? "i" : "r"), List.of("scaled"));
    graph.node("Erf", List.of("scaled"), List.of("erf"));
    graph.node("Add", times ? List.of("erf", "one") : List.of("one", "erf"), List.of("curve"));
    if (form.startsWith("(")) {
      graph.node("Mul", List.of("x", "curve"), List.of("whole"));
      return form.endsWith("/2")
          ? graph.node("Div", List.of("whole", "2"), List.of(output))
          : graph.node("Mul", List.of("whole", "h"), List.of(output));
    }
    if (form.startsWith("x*h")) {
      graph.node("Mul", List.of("x", "h"), List.of("left"));
      return graph.node("Mul", List.of("left", "curve"), List.of(output));
    }
    if (form.contains("h*")) {
      graph.node("Mul", List.of("h", "curve"), List.of("right"));
      return graph.node("Mul", List.of("x", "right"), List.of(output));
    }
    return graph.node("Mul", List.of("x", "curve"), List.of(output));
  }

  /** Ways to write √(2/π) · (x + 0.044715 · x³). */
  private enum Cubic {
    POW,
    PRODUCTS,
    FACTORED
  }

  private static GraphBuilder tanhGelu(GraphBuilder graph, Cubic cubic, float factor) {
    graph.initializer(Tensor.scalar("h", 0.5f)).initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("c", factor)).initializer(Tensor.scalar("3", 3f));
    graph.initializer(Tensor.scalar("k", 0.7978846f));
    switch (cubic) {
      case POW -> {
        graph.node("Pow", List.of("x", "3"), List.of("x3"));
        graph.node("Mul", List.of("c", "x3"), List.of("cx3"));
        graph.node("Add", List.of("x", "cx3"), List.of("sum"));
        graph.node("Mul", List.of("k", "sum"), List.of("inner"));
      }
      case PRODUCTS -> {
        graph.node("Mul", List.of("x", "x"), List.of("x2"));
        graph.node("Mul", List.of("x2", "x"), List.of("x3"));
        graph.node("Mul", List.of("x3", "c"), List.of("cx3"));
        graph.node("Add", List.of("cx3", "x"), List.of("sum"));
        graph.node("Mul", List.of("sum", "k"), List.of("inner"));
      }
      case FACTORED -> {
        graph.node("Mul", List.of("x", "k"), List.of("kx"));
        graph.node("Mul", List.of("x", "c"), List.of("cx"));
        graph.node("Mul", List.of("cx", "x"), List.of("cx2"));
        graph.node("Add", List.of("one", "cx2"), List.of("sum"));
        graph.node("Mul", List.of("kx", "sum"), List.of("inner"));
      }
    }
    graph.node("Tanh", List.of("inner"), List.of("tanh"));
    graph.node("Add", List.of("tanh", "one"), List.of("curve"));
    graph.node("Mul", List.of("x", "curve"), List.of("whole"));
    return graph.node("Mul", List.of("whole", "h"), List.of("y"));
  }
}
