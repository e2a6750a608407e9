package io.distillstream.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuantizerTest {
  private static final int VOCABULARY = 4000;
  private static final StudentGraph STUDENT = new StudentGraph(VOCABULARY, 128, 1, 4, 7);
  private static final double ANY_LATENCY = 1000;

  @Test
  void shouldMakeAnArtifactOfAboutAQuarterThatPredictsTheSame() {
    OnnxModel student = STUDENT.build(Map.of("task", "a test"));

    QuantizationOutcome outcome =
        quantize(student, new GateBudgets(0.97, 0.30, ANY_LATENCY, 50, 3));

    assertThat(outcome.verdict().violations()).isEmpty();
    assertThat(outcome.verdict().sizeRatio()).isBetween(0.25, 0.29);
    assertThat(outcome.precision()).isEqualTo("int8-dynamic");
    assertThat(outcome.artifact().metadata())
        .containsEntry("task", "a test")
        .containsEntry("distillstream.provenance.quantization-scheme", "int8-dynamic")
        .containsEntry("distillstream.provenance.quantization-fp32-layers", "")
        .containsEntry("distillstream.provenance.quantization-source-sha256", "cafe");
  }

  @Test
  void shouldReturnTheLayerToFp32ThatDisturbsMost() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    QuantizationOutcome outcome =
        quantize(fragile, new GateBudgets(0.97, 0.33, ANY_LATENCY, 50, 3));

    assertThat(outcome.verdict().violations()).isEmpty();
    assertThat(outcome.fp32Layers()).containsExactly("block0/v");
    assertThat(outcome.precision()).isEqualTo("int8-dynamic, fp32: block0/v");
    assertThat(outcome.artifact().initializer("block0/v")).isPresent();
  }

  @Test
  void shouldKeepTheBestCandidateWhenNoneIsGoodEnough() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    QuantizationOutcome outcome =
        quantize(fragile, new GateBudgets(0.97, 0.27, ANY_LATENCY, 50, 3));

    // Within 27 % of the size there is no room for the fragile layer in fp32.
    assertThat(outcome.verdict().passed()).isFalse();
    assertThat(outcome.verdict().violations()).anyMatch(v -> v.startsWith("agreement"));
  }

  @Test
  void shouldStopAfterTheAllowedNumberOfLayers() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    QuantizationOutcome outcome = quantize(fragile, new GateBudgets(0.97, 1.0, ANY_LATENCY, 50, 0));

    assertThat(outcome.fp32Layers()).isEmpty();
    assertThat(outcome.verdict().passed()).isFalse();
  }

  @Test
  void shouldNotTryLayersWhenThereAreTooFewInputs() {
    QuantizationOutcome outcome =
        new Quantizer(new GateBudgets(0.97, 0.5, ANY_LATENCY, 50, 3))
            .quantize(STUDENT.build(Map.of()), "cafe", List.of());

    assertThat(outcome.verdict().violations())
        .containsExactly("only 0 inputs to judge by, need 50");
  }

  @Test
  void shouldSayWhatIsWrongWithAModelThatCannotRun() {
    GraphBuilder graph = GraphBuilder.framedLike(STUDENT.build(Map.of()));
    graph.node("NoSuchOperator", List.of("input_ids"), "logits");
    assertThatThrownBy(() -> quantize(graph.build(Map.of()), budgets()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("NoSuchOperator");

    GraphBuilder image =
        GraphBuilder.named("image")
            .input("pixels", ElementType.FLOAT32)
            .output("logits", ElementType.FLOAT32);
    image.node("Abs", List.of("pixels"), "logits");
    assertThatThrownBy(() -> quantize(image.build(Map.of()), budgets()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("pixels");
  }

  private static GateBudgets budgets() {
    return new GateBudgets(0.97, 0.5, ANY_LATENCY, 50, 3);
  }

  private static QuantizationOutcome quantize(OnnxModel model, GateBudgets budgets) {
    return new Quantizer(budgets).quantize(model, "cafe", texts());
  }

  private static List<int[]> texts() {
    SplittableRandom random = new SplittableRandom(11);
    List<int[]> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add(random.ints(random.nextInt(3, 20), 0, VOCABULARY).toArray());
    }
    return texts;
  }

  /**
   * The same function, yet with one weight per column so large that all others of the matrix round
   * to zero: the row it stands in meets activations that are zero.
   */
  private static OnnxModel withOutlier(OnnxModel model, String layer) {
    GraphBuilder graph = GraphBuilder.framedLike(model);
    for (String name : model.initializerNames()) {
      Tensor tensor = model.initializer(name).orElseThrow();
      graph.initializer(name.equals(layer) ? withOutlierRow(tensor) : tensor);
    }
    graph.initializer(mask(Math.toIntExact(model.initializer(layer).orElseThrow().dims().get(0))));
    for (NodeProto node : model.nodes()) {
      int used = node.getInputList().indexOf(layer);
      if (used == 1) {
        graph.node("Mul", List.of(node.getInput(0), "zero_first"), layer + "/masked");
        graph.node(node.toBuilder().setInput(0, layer + "/masked").build());
      } else {
        graph.node(node);
      }
    }
    return graph.build(model.metadata());
  }

  private static Tensor withOutlierRow(Tensor matrix) {
    float[] values = matrix.floats();
    int columns = Math.toIntExact(matrix.dims().get(1));
    for (int c = 0; c < columns; c++) {
      values[c] = 1000;
    }
    return Tensor.float32(matrix.name(), values, values.length / columns, columns);
  }

  private static Tensor mask(int width) {
    float[] mask = new float[width];
    Arrays.fill(mask, 1, width, 1f);
    return Tensor.float32("zero_first", mask, width);
  }
}
