package io.distillstream.quantization.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is said of graphs that are sound and that ONNX Runtime nevertheless does not run. */
class RefusalTest {

  @Test
  void shouldNameAnOperatorThatTheOperatorSetDoesNotHave() {
    assertRefused(
        graph -> graph.node("Swishiness", List.of("x"), List.of("y")),
        "Operator Swishiness is none of operator set 20, which the model imports");
    assertRefused(
        graph -> graph.opset(11).node("Gelu", List.of("x"), List.of("y")),
        "Operator Gelu is none of operator set 11, which the model imports");
  }

  @Test
  void shouldNameADomainThatOnnxRuntimeDoesNotKnow() {
    assertRefused(
        graph ->
            graph.opset("org.example", 1).node("org.example", "Swish", List.of("x"), List.of("y")),
        "Operator Swish of the domain org.example is unknown to ONNX Runtime");
  }

  @Test
  void shouldNameTheNodeThatCannotTakeItsInput() {
    assertThatThrownBy(() -> ValueTypes.of(relu(ElementType.BOOL)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("y:Relu");
    assertThatThrownBy(() -> OnnxRuntimeModel.load(relu(ElementType.INT64)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessage(
            "Node y:Relu: ONNX Runtime does not implement Relu of operator set 14 for the element"
                + " types it is given");
  }

  @Test
  void shouldTellWhatIsWrongWithoutPlacesInSources() {
    assertThat(
            Refusal.explain(
                "Error code - ORT_FAIL - message: Exception during initialization:"
                    + " /onnxruntime_src/onnxruntime/core/framework/session_state_utils.cc:413"
                    + " onnxruntime::common::Status"
                    + " onnxruntime::session_state_utils::SaveInitializedTensors(const"
                    + " onnxruntime::Env&, const std::function<void(int)>&)"
                    + " !utils::HasExternalDataInMemory(tensor_proto) was false. "))
        .isEqualTo(
            "ONNX Runtime refuses the model: !utils::HasExternalDataInMemory(tensor_proto) was"
                + " false.");
  }

  @Test
  void shouldNameTheNodeThatFailsOnASample() {
    OnnxModel model =
        GraphBuilder.named("test")
            .input("a", ElementType.FLOAT32, Dimension.of("n"))
            .input("b", ElementType.FLOAT32, Dimension.of("m"))
            .output("y", ElementType.FLOAT32, Dimension.of("k"))
            .node("Add", List.of("a", "b"), List.of("y"))
            .build(Map.of());

    try (LoadedModel loaded = OnnxRuntimeModel.load(model)) {
      Sample unequal =
          new Sample(
              Map.of("a", TensorValue.of(new float[2], 2), "b", TensorValue.of(new float[3], 3)));
      assertThatThrownBy(() -> loaded.run(unequal))
          .isInstanceOf(InvalidModelException.class)
          .message()
          .startsWith("The model fails on its input at node y:Add (Add): ")
          .contains("2 by 3")
          .doesNotContain("onnxruntime", "\n");
    }
  }

  private static OnnxModel relu(ElementType type) {
    return GraphBuilder.named("test")
        .input("x", type, Dimension.of(1))
        .output("y", type, Dimension.of(1))
        .node("Relu", List.of("x"), List.of("y"))
        .build(Map.of());
  }

  private static void assertRefused(UnaryOperator<GraphBuilder> body, String message) {
    OnnxModel model =
        body.apply(
                GraphBuilder.named("test")
                    .input("x", ElementType.FLOAT32, Dimension.of(1))
                    .output("y", ElementType.FLOAT32, Dimension.of(1)))
            .build(Map.of());
    assertThatThrownBy(() -> ValueTypes.of(model))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(message);
  }
}
