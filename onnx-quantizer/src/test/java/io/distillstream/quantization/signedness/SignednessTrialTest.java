package io.distillstream.quantization.signedness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.weights.WeightForm;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignednessTrialTest {
  private final SignednessTrial trial = new SignednessTrial(OnnxRuntimeModel::load);

  @Test
  void shouldMeasureThisMachine() {
    ProductSample sample =
        new ProductSample(
            "w", Graphs.random(1, 10 * 64, -1, 3), Graphs.random(2, 64 * 32, -1, 1), 64);

    SignednessChoice choice = trial.choose(TargetProcessor.THIS_MACHINE, List.of(sample));

    assertThat(choice.trials())
        .extracting(SignednessChoice.Trial::form)
        .containsExactlyInAnyOrder(WeightForm.values());
    assertThat(choice.trials())
        .isSortedAccordingTo(Comparator.comparingDouble(found -> found.micros().orElseThrow()));
    // Unsigned weights saturate nowhere: the engine's error is that of exact integers.
    double exact = error(SignednessChoice.emulated(TargetProcessor.X86_VNNI, List.of(sample)));
    assertThat(error(choice)).isCloseTo(exact, within(exact / 100));
  }

  @Test
  void shouldKnowBothWaysInWhichProcessorsMultiply() {
    ProductSample sample =
        new ProductSample(
            "w", Graphs.random(1, 10 * 64, -1, 3), Graphs.random(2, 64 * 32, -1, 1), 64);
    float[] exact = IntegerProduct.of(sample, WeightForm.SIGNED, false);
    float[] saturated = IntegerProduct.of(sample, WeightForm.SIGNED, true);
    OnnxModel model = Graphs.product(sample.weights(), 64, 32);

    float[] here =
        Engine.run(
            Graphs.quantized(model, Precision.INT8_DYNAMIC, Graphs.ALL.with(WeightForm.SIGNED)),
            sample.activations(),
            10,
            64);

    double toExact = Engine.relativeError(exact, here);
    double toSaturated = Engine.relativeError(saturated, here);
    assertThat(Engine.relativeError(exact, saturated)).isGreaterThan(0.01);
    assertThat(Math.min(toExact, toSaturated)).isLessThan(1e-5);
  }

  @Test
  void shouldComputeWhatOtherMachinesAnswer() {
    ProductSample sample =
        new ProductSample(
            "w", Graphs.random(1, 10 * 64, -1, 3), Graphs.random(2, 64 * 32, -1, 1), 64);

    SignednessChoice choice = trial.choose(TargetProcessor.ARM64, List.of(sample));

    assertThat(choice).isEqualTo(SignednessChoice.emulated(TargetProcessor.ARM64, List.of(sample)));
    assertThatThrownBy(() -> trial.choose(TargetProcessor.ARM64, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double error(SignednessChoice choice) {
    return choice.trials().stream()
        .filter(found -> found.form() == WeightForm.UNSIGNED)
        .findFirst()
        .orElseThrow()
        .error();
  }
}
