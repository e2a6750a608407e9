package io.distillstream.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {

  @Test
  void shouldRunInOnnxRuntimeWithAnyBatchSize() throws OrtException {
    OnnxModel model = affine().build(Map.of("greeting", "hello"));

    assertThat(run(model, new float[][] {{1, 2}})[0]).containsExactly(1 + 6 + 10, 2 + 8 + 20);
    assertThat(run(model, new float[][] {{0, 0}, {1, 0}, {0, 1}}))
        .isDeepEqualTo(new float[][] {{10, 20}, {11, 22}, {13, 24}});
  }

  @Test
  void shouldKeepMetadataShapesAndVersionsThroughBytes() {
    OnnxModel model = OnnxModel.read(affine().build(Map.of("greeting", "hello")).bytes());

    assertThat(model.metadata()).containsExactly(Map.entry("greeting", "hello"));
    assertThat(model.opset()).isEqualTo(20);
    assertThat(model.irVersion()).isEqualTo(9);
    assertThat(model.inputs())
        .containsExactly(
            new Port("x", ElementType.FLOAT32, List.of(Dimension.of("batch"), Dimension.of(2))));
    assertThat(model.initializer("w").orElseThrow().floats()).containsExactly(1, 2, 3, 4);
    assertThat(model.initializer("w").orElseThrow().dims()).containsExactly(2L, 2L);
  }

  @Test
  void shouldCarryEveryKindOfAttributeAndInitializer() throws OrtException {
    GraphBuilder graph =
        GraphBuilder.named("attributes")
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .initializer(Tensor.uint8("shift", new byte[] {(byte) 200}, 1))
            .initializer(Tensor.int8("back", new byte[] {-100}, 1))
            .initializer(Tensor.int32("more", new int[] {-100}, 1));
    graph.node("LeakyRelu", List.of("x"), "leaky", Attribute.decimal("alpha", 0.5f));
    graph.node("Gelu", List.of("leaky"), "gelu", Attribute.text("approximate", "none"));
    graph.node("ReduceMax", List.of("leaky", ""), "max", Attribute.integer("keepdims", 1));
    graph.node("Constant", List.of(), "ten", Attribute.decimals("value_floats", 10f));
    graph.node("Constant", List.of(), "axes", Attribute.integers("value_ints", 1));
    graph.node("Constant", List.of(), "one", Attribute.tensor("value", Tensor.scalar("v", 1f)));
    graph.node("ReduceSum", List.of("leaky", "axes"), "sum", Attribute.integer("keepdims", 1));
    for (String integer : List.of("shift", "back", "more")) {
      graph.node("Cast", List.of(integer), integer + "_f", Attribute.castTo(ElementType.FLOAT32));
    }
    graph.node(
        "Sum", List.of("leaky", "max", "ten", "one", "sum", "shift_f", "back_f", "more_f"), "y");

    // leaky = {2, -2}, max = 2, ten = 10, one = 1, sum = 0, 200 - 100 - 100 = 0
    assertThat(run(graph.build(Map.of()), new float[][] {{2, -4}})[0]).containsExactly(15, 11);
  }

  @Test
  void shouldUseOperatorsOfOtherDomains() throws OrtException {
    GraphBuilder graph =
        GraphBuilder.named("gelu")
            .opset("com.microsoft", 1)
            .input("x", ElementType.FLOAT32, Dimension.of(1), Dimension.of(1))
            .output("y", ElementType.FLOAT32, Dimension.of(1), Dimension.of(1))
            .node(
                "com.microsoft",
                "QuickGelu",
                List.of("x"),
                List.of("y"),
                Attribute.decimal("alpha", 1));

    // x * sigmoid(x) at 1
    assertThat(run(graph.build(Map.of()), new float[][] {{1}})[0][0])
        .isCloseTo(0.7310586f, within(1e-6f));
    assertThatThrownBy(
            () -> affine().node("com.example", "Op", List.of("x"), List.of("z")).build(Map.of()))
        .hasMessageContaining("com.example")
        .hasMessageContaining("not imported");
  }

  @Test
  void shouldLeaveOutConstantsThatNothingUses() {
    OnnxModel model =
        affine().initializer(Tensor.float32("spare", new float[1000], 1000)).build(Map.of());

    assertThat(model.initializerNames()).containsExactlyInAnyOrder("w", "b");
  }

  @Test
  void shouldRemoveNodesThatNothingUses() {
    GraphBuilder graph = affine();
    graph.node("Neg", List.of("w"), "minus");
    graph.node("Abs", List.of("minus"), "dead");

    assertThat(graph.withoutUnusedNodes().build(Map.of()).nodes())
        .extracting(NodeProto::getOpType)
        .containsExactly("MatMul", "Add");
  }

  @Test
  void shouldRewriteInTheFrameOfAnotherModel() throws OrtException {
    OnnxModel model = affine().build(Map.of());
    GraphBuilder rewritten = GraphBuilder.framedLike(model);
    model
        .initializerNames()
        .forEach(name -> rewritten.initializer(model.initializer(name).orElseThrow()));
    model.nodes().forEach(rewritten::node);

    assertThat(rewritten.build(Map.of()).inputs()).isEqualTo(model.inputs());
    assertThat(run(rewritten.build(Map.of()), new float[][] {{1, 2}})[0]).containsExactly(17, 30);
  }

  @Test
  void shouldKeepTheFunctionsOfTheModelWhoseFrameItTakes() throws OrtException {
    FunctionProto negated =
        FunctionProto.newBuilder()
            .setDomain("local")
            .setName("Negated")
            .addInput("v")
            .addOutput("w")
            .addNode(NodeProto.newBuilder().setOpType("Neg").addInput("v").addOutput("w"))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(20))
            .build();
    OnnxModel plain = affine().opset("local", 1).build(Map.of());
    OnnxModel model = OnnxModel.of(plain.proto().toBuilder().addFunctions(negated).build());
    GraphBuilder rewritten = GraphBuilder.framedLike(model);

    rewritten.node("local", "Negated", List.of("x"), List.of("y"));

    assertThat(run(rewritten.build(Map.of()), new float[][] {{1, 2}})[0]).containsExactly(-1, -2);
  }

  @Test
  void shouldNameWhatIsWrongWithAGraph() {
    assertThatThrownBy(
            () -> affine().node("Add", List.of("y", "later"), List.of("z")).build(Map.of()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("(Add) uses later, which no input, initializer or earlier node");
    assertThatThrownBy(() -> affine().node("Abs", List.of("x"), List.of("y")).build(Map.of()))
        .hasMessageContaining("y is defined twice");
    assertThatThrownBy(() -> affine().initializer(Tensor.scalar("w", 1f)))
        .hasMessageContaining("w occurs twice");
    assertThatThrownBy(() -> affine().output("never", ElementType.FLOAT32).build(Map.of()))
        .hasMessageContaining("never is computed by no node");
    assertThatThrownBy(() -> GraphBuilder.named("mute").build(Map.of()))
        .hasMessageContaining("no output");
  }

  private static GraphBuilder affine() {
    GraphBuilder graph =
        GraphBuilder.named("affine")
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .initializer(Tensor.float32("w", new float[] {1, 2, 3, 4}, 2, 2))
            .initializer(Tensor.float32("b", new float[] {10, 20}, 2));
    String product = graph.node("MatMul", List.of("x", "w"), "product");
    graph.node("Add", List.of(product, "b"), "y");
    return graph;
  }

  private static float[][] run(OnnxModel model, float[][] x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor input = OnnxTensor.createTensor(environment, x);
        OrtSession.Result result = session.run(Map.of("x", input))) {
      return (float[][]) result.get(0).getValue();
    }
  }
}
