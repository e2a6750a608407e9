package io.distillstream.quantization.optimize.opset;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueTypes;
import io.distillstream.quantization.optimize.GraphOptimizer;
import io.distillstream.quantization.optimize.Graphs;
import io.distillstream.quantization.optimize.Optimization;
import io.distillstream.quantization.optimize.OptimizerSettings;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpsetUpgradeTest {
  private static final List<Dimension> CUBE = shape(-1, 3, 4);

  @Test
  void shouldTurnAttributesIntoInputsStepByStep() {
    OnnxModel model =
        cube(
            7,
            graph -> {
              graph.node(
                  "Slice",
                  List.of("x"),
                  List.of("a"),
                  Attribute.integers("axes", 2),
                  Attribute.integers("starts", 1),
                  Attribute.integers("ends", 3));
              graph.node(
                  "Pad",
                  List.of("a"),
                  List.of("b"),
                  Attribute.integers("pads", 0, 0, 1, 0, 0, 1),
                  Attribute.decimal("value", 0.5f));
              graph.node("Clip", List.of("b"), List.of("c"), Attribute.decimal("max", 0.75f));
              graph.node("TopK", List.of("c"), List.of("d", "places"), Attribute.integer("k", 3));
              graph.node("Dropout", List.of("d"), List.of("e"), Attribute.decimal("ratio", 0.5f));
              graph.node("Unsqueeze", List.of("e"), List.of("f"), Attribute.integers("axes", 0));
              graph.node("Squeeze", List.of("f"), List.of("g"), Attribute.integers("axes", 0));
              graph.node(
                  "Split", List.of("g"), List.of("h", "i", "j"), Attribute.integer("axis", 2));
              graph.node(
                  "Concat", List.of("j", "h", "i"), List.of("k"), Attribute.integer("axis", 2));
              graph.node("ReduceSum", List.of("k"), List.of("l"), Attribute.integers("axes", 1));
              graph.node("ReduceMax", List.of("k"), List.of("m"), Attribute.integers("axes", 2));
              graph.node("Add", List.of("l", "m"), List.of("n"));
              return graph.node(
                  "Softmax", List.of("n"), List.of("y"), Attribute.integer("axis", 2));
            });

    for (long version : new long[] {11, 13, 17, 18, 20}) {
      Graphs.assertSame(model, raised(model, version));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nearest", "linear"})
  void shouldWriteAnUpsampleAsAResize(String mode) {
    OnnxModel model =
        Graphs.of(
            8,
            shape(1, 2, 3, 5),
            shape(1, 2, -1, -1),
            graph ->
                graph.node(
                    "Upsample",
                    List.of("x"),
                    List.of("y"),
                    Attribute.text("mode", mode),
                    Attribute.decimals("scales", 1, 1, 2, 3)));

    OnnxModel raised = OpsetUpgrade.toSupported(model);

    assertThat(Graphs.ops(raised)).containsExactly("Resize");
    Graphs.assertSame(model, raised);
    Graphs.assertSame(model, raised(model, 20));
  }

  @Test
  void shouldLeaveModelsAloneThatAreNewEnough() {
    OnnxModel model = cube(11, graph -> graph.node("Abs", List.of("x"), List.of("y")));

    assertThat(OpsetUpgrade.toSupported(model)).isSameAs(model);
  }

  @Test
  void shouldRaiseTheFormatWithTheOperatorSet() {
    OnnxModel model = cube(11, graph -> graph.node("Abs", List.of("x"), List.of("y")));
    OnnxModel old = OnnxModel.of(model.proto().toBuilder().setIrVersion(4).build());

    assertThat(raised(old, 17).irVersion()).isEqualTo(8);
    assertThat(raised(old, 20).irVersion()).isEqualTo(9);
    assertThat(raised(model, 17).irVersion()).isEqualTo(model.irVersion());
  }

  @Test
  void shouldRaiseNothingIfOneNodeStandsInTheWay() {
    OnnxModel model =
        cube(
            11,
            graph -> {
              graph.node("Unsqueeze", List.of("x"), List.of("a"), Attribute.integers("axes", 0));
              graph.node("Squeeze", List.of("a"), List.of("b"), Attribute.integers("axes", 0));
              return graph.node(
                  "Softmax", List.of("b"), List.of("y"), Attribute.integer("axis", 1));
            });
    WorkingGraph graph = new WorkingGraph(model);
    graph.types(ValueTypes.of(model));

    assertThat(OpsetUpgrade.raise(graph, 17))
        .contains("node y:Softmax (Softmax) cannot be written for operator set 13");
    assertThat(graph.toModel().nodes()).isEqualTo(model.nodes());
    assertThat(graph.toModel().opset()).isEqualTo(11);
  }

  @Test
  void shouldSayWhyAPatternWasLeftInItsParts() {
    OnnxModel model =
        cube(
            11,
            graph -> {
              graph.node("Softmax", List.of("x"), List.of("p"), Attribute.integer("axis", 1));
              graph.initializer(Tensor.scalar("h", 0.5f));
              graph.initializer(Tensor.scalar("r", 1.4142135f));
              graph.initializer(Tensor.scalar("1", 1f));
              graph.node("Div", List.of("p", "r"), List.of("a"));
              graph.node("Erf", List.of("a"), List.of("b"));
              graph.node("Add", List.of("b", "1"), List.of("c"));
              graph.node("Mul", List.of("p", "c"), List.of("d"));
              return graph.node("Mul", List.of("d", "h"), List.of("y"));
            });

    Optimization optimization = Graphs.optimized(model);

    assertThat(optimization.notes())
        .containsExactly(
            "Found GELU 1 times and left it in its parts: one node for it needs operator set 20, but node p:Softmax (Softmax) cannot be written for operator set 13",
            "Left at operator set 11, in which static 8-bit weights have one scale for all channels and MaxPool takes no integers: node p:Softmax (Softmax) cannot be written for operator set 13");
    assertThat(Graphs.ops(optimization.model())).contains("Erf");
  }

  @Test
  void shouldSayWhatAnOperatorSetLacksForIntegersAndNoMore() {
    OnnxModel model = cube(12, graph -> graph.node("Abs", List.of("x"), List.of("y")));

    assertThat(new GraphOptimizer(new OptimizerSettings(12, 0)).optimize(model).notes())
        .containsExactly(
            "Left at operator set 12, in which static 8-bit weights have one scale for all channels: 12 is the newest allowed");
    assertThat(Graphs.optimized(model).notes())
        .containsExactly("Raised from operator set 12 to 13");
  }

  @Test
  void shouldRefuseWhatIsTooOld() {
    OnnxModel model = cube(6, graph -> graph.node("Abs", List.of("x"), List.of("y")));

    assertThatThrownBy(() -> Graphs.optimized(model))
        .isInstanceOf(InvalidModelException.class)
        .hasMessage(
            "The model uses operator set 6; accepted are 11 and newer, and 7 to 10 where every operator can be upgraded. Export it again with a newer operator set");
  }

  @ParameterizedTest
  @CsvSource({"SAME_UPPER", "SAME_LOWER"})
  void shouldNameTheNodeThatCannotBeUpgraded(String pads) {
    OnnxModel model =
        Graphs.of(
            9,
            shape(1, 2, 4),
            shape(1, 3, -1),
            graph ->
                graph
                    .initializer(random("w", 2, 3, 2))
                    .node(
                        "ConvTranspose",
                        List.of("x", "w"),
                        List.of("y"),
                        Attribute.text("auto_pad", pads)));

    assertThatThrownBy(() -> Graphs.optimized(model))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("node y:ConvTranspose (ConvTranspose) cannot be written")
        .hasMessageContaining("Export it again with operator set 11 or newer");
  }

  private static OnnxModel raised(OnnxModel model, long version) {
    WorkingGraph graph = new WorkingGraph(model);
    graph.types(ValueTypes.of(model));
    Optional<String> obstacle = OpsetUpgrade.raise(graph, version);
    assertThat(obstacle).isEmpty();
    return graph.toModel();
  }

  private static OnnxModel cube(long opset, UnaryOperator<GraphBuilder> body) {
    return Graphs.of(opset, CUBE, shape(-1, -1, -1), body);
  }
}
