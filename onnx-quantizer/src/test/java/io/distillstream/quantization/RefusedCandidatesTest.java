package io.distillstream.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.QuantizationSettings.Effort;
import io.distillstream.quantization.QuantizationSettings.Passes;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.search.Timing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of candidates that an engine does not run. */
class RefusedCandidatesTest {
  private static final int WIDTH = 16;

  /** Two products one after the other. */
  private static final OnnxModel MODEL =
      Graphs.matrices(
          WIDTH,
          graph -> {
            graph.initializer(Graphs.random("first", WIDTH, WIDTH));
            graph.initializer(Graphs.random("second", WIDTH, WIDTH));
            graph.node("MatMul", List.of("x", "first"), "h");
            graph.node("Tanh", List.of("h"), "t");
            graph.node("MatMul", List.of("t", "second"), "y");
          });

  @Test
  void shouldRejectOneWithItsReasonAndGoOnWithTheOthers() {
    Quantization made = quantize(refusing("MatMulInteger", 1));

    assertThat(made.choice().passed()).isTrue();
    assertThat(made.choice().best().ladder()).isEqualTo(Ladder.INT8_WEIGHTS);
    Attempt refused = made.attempts().get(0);
    assertThat(refused.ladder()).isEqualTo(Ladder.INT8_DYNAMIC);
    assertThat(refused.verdict().violations()).containsExactly("no MatMulInteger here");
    assertThat(refused.measured().quality().samples()).isZero();
  }

  @Test
  void shouldTakeTheLayerThatIsRefusedToAHigherPrecision() {
    // Both layers in integers are too many, either one alone is not.
    Quantization made = quantize(refusing("MatMulInteger", 2));

    Attempt best = made.attempts().get(0);
    assertThat(best.verdict().passed()).isTrue();
    assertThat(best.layers()).containsEntry(Precision.INT8_DYNAMIC, 1L);
  }

  @Test
  void shouldSayWhyWhereEveryCandidateIsRefused() {
    Quantization made =
        quantize(
            model -> {
              if (!model.sha256().equals(MODEL.sha256())) {
                throw new InvalidModelException("no candidate is loaded");
              }
              return OnnxRuntimeModel.load(model);
            });

    assertThat(made.choice().passed()).isFalse();
    assertThat(made.choice().reason())
        .startsWith("None of 2 passed")
        .endsWith("no candidate is loaded");
  }

  @Test
  void shouldRefuseAModelThatNeverAnswersTheSame() {
    OnnxModel chance =
        Graphs.matrices(
            WIDTH,
            graph -> {
              graph.initializer(Graphs.random("w", WIDTH, WIDTH));
              graph.node("RandomNormalLike", List.of("x"), "noise");
              graph.node("MatMul", List.of("noise", "w"), "y");
            });

    assertThatThrownBy(() -> quantize(chance, OnnxRuntimeModel::load))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("Output y differs from one call to the next");
  }

  @Test
  void shouldSayWhatIsMissingInAModelWithoutLayers() {
    OnnxModel none = Graphs.matrices(WIDTH, graph -> graph.node("Relu", List.of("x"), "y"));

    assertThatThrownBy(() -> quantize(none, OnnxRuntimeModel::load))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("Nothing in the model can be held in fewer bits; accepted are");
  }

  /** An engine that loads no model with so many nodes of an operator. */
  private static LoadedModel.Loader refusing(String op, int count) {
    return model -> {
      if (Graphs.ops(model).stream().filter(op::equals).count() >= count) {
        throw new InvalidModelException("no " + op + " here");
      }
      return OnnxRuntimeModel.load(model);
    };
  }

  private static Quantization quantize(LoadedModel.Loader loader) {
    return quantize(MODEL, loader);
  }

  private static Quantization quantize(OnnxModel model, LoadedModel.Loader loader) {
    QuantizationSettings settings =
        new QuantizationSettings(
            List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_WEIGHTS),
            List.of(),
            ChoiceCriterion.SMALLEST,
            new GateBudgets(0.5, 0.5, 0.2, 1, 5, 1000, 1000, 16),
            Graphs.ALL,
            Optional.empty(),
            CalibrationSettings.of(CalibrationMethod.MIN_MAX),
            Passes.STANDARD,
            new Timing(0, 1),
            new Effort(1, 16, false));
    return new ModelQuantizer(settings, loader, Progress.NONE)
        .quantize(model, new Evidence(ActivationSource.NONE, List.of(), samples(), Map.of()));
  }

  private static List<LabelledSample> samples() {
    return IntStream.range(0, 20)
        .mapToObj(
            i ->
                LabelledSample.of(
                    new Sample(
                        Map.of("x", TensorValue.of(Graphs.random(i, WIDTH, -1, 1), 1, WIDTH)))))
        .toList();
  }
}
