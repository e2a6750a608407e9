package io.distillstream.quantization.optimize.redundancy;

import static io.distillstream.quantization.optimize.Graphs.assertSame;
import static io.distillstream.quantization.optimize.Graphs.ops;
import static io.distillstream.quantization.optimize.Graphs.optimized;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownConditionsTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldPutTheBranchThatIsTakenInThePlaceOfItsIf(boolean condition) {
    OnnxModel before = model(condition(condition), body("Sigmoid", "same"), body("Tanh", "same"));

    OnnxModel after = optimized(before).model();

    assertThat(ops(after)).containsExactly(condition ? "Sigmoid" : "Tanh", "Mul");
    assertSame(before, after);
  }

  @Test
  void shouldKeepWhatABodyInsideTheBranchUses() {
    NodeProto inner =
        branches("wanted", body("Exp", "a", "t"), body("Neg", "b", "t"), "inner").build();
    GraphProto outer =
        GraphProto.newBuilder()
            .setName("outer")
            .addNode(node("Relu", "x", "t"))
            .addNode(node("ReduceMax", "x", "most").toBuilder().addAttribute(flag("keepdims", 0)))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Greater")
                    .addInput("most")
                    .addInput("half")
                    .addOutput("wanted"))
            .addNode(inner)
            .addOutput(ValueInfoProto.newBuilder().setName("inner"))
            .build();
    OnnxModel before = model(condition(true), outer, body("Tanh", "t"));

    OnnxModel after = optimized(before).model();

    // Whether the largest number is above one half is known only when it runs.
    assertThat(ops(after)).contains("Relu", "If").doesNotContain("Tanh");
    assertThat(ops(after).stream().filter("If"::equals)).hasSize(1);
    assertSame(before, after);
  }

  /** y = 2 · (if c then … else …), whose branches take x from around them. */
  private static OnnxModel model(TensorProto condition, GraphProto then, GraphProto otherwise) {
    return Graphs.of(
        13,
        shape(-1, 4),
        shape(-1, 4),
        graph ->
            graph
                .initializer(new Tensor(condition))
                .initializer(Tensor.scalar("half", 0.5f))
                .initializer(Tensor.scalar("two", 2f))
                .node(branches("c", then, otherwise, "z").build())
                .node("Mul", List.of("z", "two"), List.of("y")));
  }

  private static TensorProto condition(boolean value) {
    return TensorProto.newBuilder()
        .setName("c")
        .setDataType(TensorProto.DataType.BOOL.getNumber())
        .addInt32Data(value ? 1 : 0)
        .build();
  }

  private static NodeProto.Builder branches(
      String condition, GraphProto then, GraphProto otherwise, String output) {
    return NodeProto.newBuilder()
        .setOpType("If")
        .addInput(condition)
        .addOutput(output)
        .addAttribute(body("then_branch", then))
        .addAttribute(body("else_branch", otherwise));
  }

  private static AttributeProto body(String name, GraphProto body) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  private static AttributeProto flag(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static GraphProto body(String op, String output) {
    return body(op, output, "x");
  }

  private static GraphProto body(String op, String output, String input) {
    return GraphProto.newBuilder()
        .setName(op)
        .addNode(node(op, input, output))
        .addOutput(ValueInfoProto.newBuilder().setName(output))
        .build();
  }

  private static NodeProto node(String op, String input, String output) {
    return NodeProto.newBuilder().setOpType(op).addInput(input).addOutput(output).build();
  }
}
