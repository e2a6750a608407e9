package io.distillstream.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Models written node by node, right or wrong. */
final class HandmadeModels {
  private HandmadeModels() {}

  static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(message);
  }

  /** Writes model.onnx, from x to y, whose graph has this body. */
  static Path write(Path folder, Consumer<GraphProto.Builder> body) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    GraphProto like =
        named(builder -> builder.node("Abs", List.of("x"), List.of("y"))).proto().getGraph();
    graph.addAllInput(like.getInputList()).addAllOutput(like.getOutputList());
    body.accept(graph);
    return Files.write(folder.resolve("model.onnx"), frame(graph).toByteArray());
  }

  /** Writes model.onnx that adds this constant. */
  static Path withConstant(Path folder, TensorProto constant) throws IOException {
    return write(
        folder,
        graph -> graph.addNode(node("n", "Add", List.of("x", "w"), "y")).addInitializer(constant));
  }

  static ModelProto frame(GraphProto.Builder graph) {
    return chain().proto().toBuilder()
        .setGraph(
            graph.getInputCount() > 0
                ? graph
                : graph
                    .addAllInput(chain().proto().getGraph().getInputList())
                    .addAllOutput(chain().proto().getGraph().getOutputList()))
        .build();
  }

  static TensorProto external(String location, long elements, String... entries) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(ElementType.FLOAT32.code())
            .addDims(elements)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(OnnxModel.entry("location", location));
    for (int i = 0; i < entries.length; i += 2) {
      tensor.addExternalData(OnnxModel.entry(entries[i], entries[i + 1]));
    }
    return tensor.build();
  }

  static NodeProto node(String name, String op, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setName(name)
        .setOpType(op)
        .addAllInput(inputs)
        .addOutput(output)
        .build();
  }

  static OnnxModel chain() {
    return named(
        graph ->
            graph
                .node(node("n1", "Abs", List.of("x"), "a"))
                .node(node("n2", "Neg", List.of("a"), "b"))
                .node(node("n3", "Abs", List.of("b"), "y")));
  }

  static OnnxModel named(UnaryOperator<GraphBuilder> body) {
    return body.apply(
            GraphBuilder.named("test")
                .input("x", ElementType.FLOAT32, Dimension.of("n"))
                .output("y", ElementType.FLOAT32, Dimension.of("n")))
        .build(Map.of());
  }
}
