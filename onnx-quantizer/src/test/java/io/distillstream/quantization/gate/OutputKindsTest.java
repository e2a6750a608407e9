package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.graph.Graphs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OutputKindsTest {

  @Test
  void shouldTakeProbabilitiesOfEveryTokenForScores() {
    assertThat(kind("y", 3, graph -> graph.node("Softmax", List.of("x"), "y", axis(2))))
        .isEqualTo(OutputKind.SCORES);
    assertThat(kind("y", 3, graph -> graph.node("Softmax", List.of("x"), "y", axis(1))))
        .as("not along the last axis")
        .isEqualTo(OutputKind.VECTORS);
  }

  @Test
  void shouldTakeAProductWithAVocabularyForScores() {
    assertThat(kind("y", 3, graph -> product(graph, 4, 16))).isEqualTo(OutputKind.SCORES);
    assertThat(kind("y", 3, graph -> product(graph, 4, 4))).isEqualTo(OutputKind.VECTORS);
  }

  @Test
  void shouldGoByTheNameAndTheNumberOfAxes() {
    assertThat(kind("token_logits", 3, graph -> graph.node("Relu", List.of("x"), "token_logits")))
        .isEqualTo(OutputKind.SCORES);
    assertThat(kind("y", 2, graph -> graph.node("Relu", List.of("x"), "y")))
        .isEqualTo(OutputKind.SCORES);
    assertThat(kind("y", 3, graph -> graph.node("Relu", List.of("x"), "y")))
        .isEqualTo(OutputKind.VECTORS);
    assertThat(kind("y", 4, graph -> graph.node("Relu", List.of("x"), "y")))
        .isEqualTo(OutputKind.VALUES);
  }

  @Test
  void shouldTakeAStateForVectorsAndPositionsForIndices() {
    assertThat(kind("y", 2, graph -> graph.node("Tanh", List.of("x"), "y")))
        .isEqualTo(OutputKind.VECTORS);
    assertThat(
            kind(
                "y",
                2,
                graph -> {
                  graph.node("ArgMax", List.of("x"), "found", axis(1));
                  graph.node("Cast", List.of("found"), "y", Attribute.castTo(ElementType.FLOAT32));
                }))
        .isEqualTo(OutputKind.INDICES);
  }

  private static void product(GraphBuilder graph, int rows, int columns) {
    graph.initializer(Graphs.random("w", rows, columns));
    graph.initializer(Graphs.random("b", columns));
    graph.node("MatMul", List.of("x", "w"), "unbiased");
    graph.node("Add", List.of("unbiased", "b"), "y");
  }

  private static Attribute axis(int axis) {
    return Attribute.integer("axis", axis);
  }

  private interface Body {
    void addTo(GraphBuilder graph);
  }

  private static OutputKind kind(String output, int rank, Body body) {
    Dimension[] shape = new Dimension[rank];
    Arrays.fill(shape, Dimension.of(4));
    GraphBuilder graph =
        GraphBuilder.named("test")
            .input("x", ElementType.FLOAT32, shape)
            .output(output, ElementType.FLOAT32, shape);
    body.addTo(graph);
    OnnxModel model = graph.build(Map.of());
    long[] lengths = new long[rank];
    Arrays.fill(lengths, 4);
    TensorValue answer = TensorValue.of(new float[(int) Math.pow(4, rank)], lengths);
    return Objects.requireNonNull(OutputKinds.of(model, Map.of(output, answer)).get(output));
  }
}
