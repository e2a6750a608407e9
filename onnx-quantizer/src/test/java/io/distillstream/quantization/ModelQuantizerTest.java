package io.distillstream.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.foundation.Sha256;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.QuantizationSettings.Effort;
import io.distillstream.quantization.QuantizationSettings.Passes;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.search.Timing;
import io.distillstream.quantization.weights.SignificantBits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelQuantizerTest {
  private static final int WIDTH = 64;

  private static final int VOCABULARY = 4000;
  private static final StudentGraph STUDENT = new StudentGraph(VOCABULARY, 128, 1, 4, 7);

  @Test
  void shouldMakeAnArtifactOfAboutAQuarterThatPredictsTheSame() {
    OnnxModel student = STUDENT.build(Map.of("task", "a test"));

    Quantization made = quantize(student, 0.97, 0.30, Integer.MAX_VALUE);

    Attempt best = made.choice().best();
    assertThat(best.verdict().violations()).isEmpty();
    assertThat(best.measured().sizeRatio()).isBetween(0.25, 0.29);
    assertThat(best.describe()).isEqualTo("int8-dynamic");
    assertThat(made.artifact().metadata())
        .containsEntry("task", "a test")
        .containsEntry("distillstream.provenance.quantization-scheme", "int8-dynamic")
        .containsEntry(
            "distillstream.provenance.quantization-source-sha256", Sha256.hex(student.bytes()));
    assertThat(made.choice().reason())
        .isEqualTo("Chosen: int8-dynamic, the only one of 1 that passed");
  }

  @Test
  void shouldTakeTheLayerThatDisturbsMostOutOfEightBits() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    Attempt best = quantize(fragile, 0.97, 0.33, Integer.MAX_VALUE).choice().best();

    assertThat(best.verdict().violations()).isEmpty();
    assertThat(best.plan().of("block0/v")).isNotEqualTo(Precision.INT8_DYNAMIC);
    assertThat(best.layersIn(Precision.INT8_DYNAMIC)).contains("embedding", "block0/up");
    assertThat(best.describe()).startsWith("int8-dynamic, fp").contains("block0/v");
  }

  @Test
  void shouldKeepTheBestCandidateWhenNoneIsGoodEnough() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    // Within 25 % of the size there is no room for the fragile layer in more bits.
    Quantization made = quantize(fragile, 0.97, 0.25, Integer.MAX_VALUE);

    assertThat(made.choice().passed()).isFalse();
    assertThat(made.choice().reason()).startsWith("None of 1 passed. The nearest, int8-dynamic");
    assertThat(made.choice().best().artifact().sizeBytes()).isPositive();
  }

  @Test
  void shouldStopAfterTheAllowedNumberOfSteps() {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");

    Quantization made = quantize(fragile, 0.97, 1, 0);

    assertThat(made.choice().passed()).isFalse();
    assertThat(made.choice().best().describe()).isEqualTo("int8-dynamic");
    assertThat(made.sensitivities()).isEmpty();
  }

  @Test
  void shouldRankByGradientsWhereTheyAreKnown() {
    Quantization made = quantizeFragile(squaredGradients());

    assertThat(made.choice().passed()).isTrue();
    assertThat(made.choice().best().describe()).contains("block0/v");
    assertThat(error(made, "block0/q")).isEqualTo(1e-3 * weightError(made, "block0/q"));
  }

  @Test
  void shouldMeasureEveryLayerWhereOneHasNoGradient() {
    Map<String, Double> allButOne = new HashMap<>(squaredGradients());
    allButOne.remove("block0/k");

    Quantization made = quantizeFragile(allButOne);

    assertThat(error(made, "block0/q"))
        .isPositive()
        .isNotEqualTo(1e-3 * weightError(made, "block0/q"))
        .isEqualTo(error(quantizeFragile(Map.of()), "block0/q"));
  }

  /** Of a table of which each text uses a few rows, gradients are small. */
  private static Map<String, Double> squaredGradients() {
    Map<String, Double> gradients = new HashMap<>();
    QuantizableLayers.of(STUDENT.build(Map.of()))
        .all()
        .forEach(
            layer -> gradients.put(layer.name(), layer.use() == Layer.Use.TABLE ? 1e-8 : 1e-3));
    return gradients;
  }

  private static Quantization quantizeFragile(Map<String, Double> squaredGradients) {
    OnnxModel fragile = withOutlier(STUDENT.build(Map.of()), "block0/v");
    return new ModelQuantizer(settings(0.97, 0.33, Integer.MAX_VALUE), Progress.NONE)
        .quantize(
            fragile, new Evidence(ActivationSource.NONE, List.of(), samples(60), squaredGradients));
  }

  private static double error(Quantization made, String layer) {
    return made.sensitivities().stream()
        .filter(found -> found.key().layer().equals(layer))
        .mapToDouble(found -> found.error())
        .findFirst()
        .orElseThrow();
  }

  private static double weightError(Quantization made, String layer) {
    return made.graph().layers().all().stream()
        .filter(found -> found.name().equals(layer))
        .mapToDouble(found -> made.graph().weightError(found, Precision.INT8_DYNAMIC))
        .sum();
  }

  @Test
  void shouldNotJudgeOnTooFewSamples() {
    Quantization made =
        new ModelQuantizer(settings(0.97, 0.5, 3), Progress.NONE)
            .quantize(
                STUDENT.build(Map.of()),
                new Evidence(ActivationSource.NONE, List.of(), List.of(), Map.of()));

    assertThat(made.choice().best().verdict().violations())
        .containsExactly("only 0 samples to judge by, need 50");
  }

  @Test
  void shouldSmoothActivationsOnlyWhereEveryLadderMultipliesIntegers() {
    assertThat(multiplied(List.of(Ladder.INT8_DYNAMIC))).isEqualTo("x/smoothed");
    assertThat(multiplied(List.of(Ladder.INT8_DYNAMIC, Ladder.INT4_WEIGHTS))).isEqualTo("x");
  }

  /** What the only product takes of a model whose first input channel outdoes all others. */
  private static String multiplied(List<Ladder> ladders) {
    float[] weights = uniform(1, WIDTH * 128);
    GraphBuilder graph =
        GraphBuilder.named("product")
            .input("x", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of(WIDTH))
            .output("y", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of(128))
            .initializer(Tensor.float32("w", weights, WIDTH, 128));
    graph.node("MatMul", List.of("x", "w"), "y");
    List<LabelledSample> rows = new ArrayList<>();
    for (int seed = 2; seed < 10; seed++) {
      float[] row = uniform(seed, WIDTH);
      row[0] = 100;
      rows.add(LabelledSample.of(new Sample(Map.of("x", TensorValue.of(row, 1, WIDTH)))));
    }
    List<Sample> few = rows.stream().map(LabelledSample::sample).toList();
    Quantization made =
        new ModelQuantizer(
                settings(
                    ladders, new Passes(true, false, true, false, SignificantBits.ALL), 0, 1, 0),
                Progress.NONE)
            .quantize(
                graph.build(Map.of()), new Evidence(ActivationSource.NONE, few, rows, Map.of()));
    return made.graph().layers().activations(made.graph().layers().all().get(0)).get(0);
  }

  private static float[] uniform(int seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Test
  void shouldSayWhatIsWrongWithAModelThatCannotRun() {
    GraphBuilder graph = GraphBuilder.framedLike(STUDENT.build(Map.of()));
    graph.node("NoSuchOperator", List.of("input_ids"), "logits");

    assertThatThrownBy(() -> quantize(graph.build(Map.of()), 0.97, 0.3, 3))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("NoSuchOperator");
  }

  private static Quantization quantize(
      OnnxModel model, double minAgreement, double maxSizeRatio, int maxSteps) {
    return new ModelQuantizer(settings(minAgreement, maxSizeRatio, maxSteps), Progress.NONE)
        .quantize(model, new Evidence(ActivationSource.NONE, List.of(), samples(60), Map.of()));
  }

  private static QuantizationSettings settings(
      double minAgreement, double maxSizeRatio, int maxSteps) {
    return settings(
        List.of(Ladder.INT8_DYNAMIC), Passes.STANDARD, minAgreement, maxSizeRatio, maxSteps);
  }

  private static QuantizationSettings settings(
      List<Ladder> ladders, Passes passes, double minAgreement, double maxSizeRatio, int maxSteps) {
    return new QuantizationSettings(
        ladders,
        List.of(),
        ChoiceCriterion.SMALLEST,
        new GateBudgets(minAgreement, 0, 1, 1, maxSizeRatio, 1000, 1000, 50),
        SchemeOptions.DEFAULTS,
        Optional.empty(),
        CalibrationSettings.of(CalibrationMethod.MIN_MAX),
        passes,
        new Timing(8, 1),
        new Effort(maxSteps, 16, false));
  }

  private static List<LabelledSample> samples(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<LabelledSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = random.ints(random.nextInt(4, 24), 0, VOCABULARY).toArray();
      samples.add(
          new LabelledSample(
              Sample.ofTokens(tokens, List.of("input_ids", "attention_mask")),
              OptionalInt.empty(),
              Optional.empty()));
    }
    return samples;
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
