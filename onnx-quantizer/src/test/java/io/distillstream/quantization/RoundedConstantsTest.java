package io.distillstream.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.QuantizationSettings.Effort;
import io.distillstream.quantization.QuantizationSettings.Passes;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.search.Timing;
import io.distillstream.quantization.weights.SignificantBits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundedConstantsTest {
  private static final int VOCABULARY = 4_000;
  private static final OnnxModel STUDENT =
      new StudentGraph(VOCABULARY, 128, 1, 4, 7).build(Map.of());

  @Test
  void shouldRoundWhatStaysInFp32ToTheBitsAskedFor() {
    OnnxModel artifact = artifact(new SignificantBits(13));

    List<String> constants = constantsInFp32(artifact);
    assertThat(constants).contains("block0/up_bias", "classifier");
    for (String name : constants) {
      float[] exact = STUDENT.initializer(name).orElseThrow().floats();
      float[] values = artifact.initializer(name).orElseThrow().floats();
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.floatToRawIntBits(values[i]) & ((1 << 11) - 1)).isZero();
        assertThat(values[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * 0x1p-13f));
      }
    }
  }

  @Test
  void shouldLeaveItAsItIsOtherwise() {
    OnnxModel artifact = artifact(SignificantBits.ALL);

    for (String name : constantsInFp32(artifact)) {
      assertThat(artifact.initializer(name).orElseThrow().floats())
          .containsExactly(STUDENT.initializer(name).orElseThrow().floats());
    }
  }

  /** Those that the student has, too. */
  private static List<String> constantsInFp32(OnnxModel artifact) {
    return artifact.initializerNames().stream()
        .filter(STUDENT.initializerNames()::contains)
        .filter(
            name -> {
              Tensor tensor = artifact.initializer(name).orElseThrow();
              return tensor.type() == ElementType.FLOAT32 && tensor.elements() > 1;
            })
        .toList();
  }

  private static OnnxModel artifact(SignificantBits constants) {
    QuantizationSettings settings =
        new QuantizationSettings(
            List.of(Ladder.INT8_DYNAMIC),
            List.of(),
            ChoiceCriterion.SMALLEST,
            new GateBudgets(0.9, 0, 1, 1, 0.3, 1000, 1000, 50),
            SchemeOptions.DEFAULTS,
            Optional.empty(),
            CalibrationSettings.of(CalibrationMethod.MIN_MAX),
            Passes.STANDARD.with(constants),
            new Timing(0, 1),
            new Effort(3, 16, false));
    return new ModelQuantizer(settings, Progress.NONE)
        .quantize(STUDENT, new Evidence(ActivationSource.NONE, List.of(), samples(), Map.of()))
        .artifact();
  }

  private static List<LabelledSample> samples() {
    SplittableRandom random = new SplittableRandom(3);
    return IntStream.range(0, 40)
        .mapToObj(i -> random.ints(random.nextInt(4, 24), 0, VOCABULARY).toArray())
        .map(tokens -> Sample.ofTokens(tokens, List.of("input_ids", "attention_mask")))
        .map(LabelledSample::of)
        .toList();
  }
}
