package io.distillstream.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.artifacts.candidate.SampleCounts;
import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.weights.SignificantBits;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizerSettingsTest {

  @Test
  void shouldPublishTheStudentOnTheStableChannelByDefault() {
    List<QuantizerSettings> channels = load(Map.of());

    assertThat(channels).extracting(QuantizerSettings::updateKey).containsExactly("student/stable");
    QuantizerSettings stable = channels.get(0);
    assertThat(stable.quantization().ladders()).containsExactly(Ladder.INT8_DYNAMIC);
    assertThat(stable.quantization().budgets())
        .isEqualTo(new GateBudgets(0.98, -1, 1, 0.02, 0.30, 1.5, 1.0, 32));
    assertThat(stable.samples()).isEqualTo(new SampleCounts(256, 4, 128));
    assertThat(stable.incumbent())
        .isEqualTo(new IncumbentSettings(true, 0.05, 0.01, 0.1, 3_000, 2_000, 100));
    assertThat(stable.keepReplaced()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void shouldTakeEveryValueFromItsKey() {
    QuantizerSettings settings =
        load(Map.ofEntries(
                Map.entry("quantizer.model", "tagger"),
                Map.entry("quantizer.channels", "beta=x86-int8"),
                Map.entry("quantizer.min-agreement", "0.9"),
                Map.entry("quantizer.max-accuracy-drop", "0.1"),
                Map.entry("quantizer.max-size-ratio", "0.5"),
                Map.entry("quantizer.max-latency-ratio", "2"),
                Map.entry("quantizer.max-memory-ratio", "3"),
                Map.entry("quantizer.min-evaluation-samples", "3"),
                Map.entry("quantizer.max-fallback-layers", "0"),
                Map.entry("quantizer.evaluation-samples", "100"),
                Map.entry("quantizer.timed-samples", "7"),
                Map.entry("quantizer.probe-samples", "1"),
                Map.entry("quantizer.calibration", "entropy"),
                Map.entry("quantizer.calibration-samples", "50"),
                Map.entry("quantizer.calibration-half-life", "70"),
                Map.entry("quantizer.keep-replaced", "3m"),
                Map.entry("quantizer.incumbent.enabled", "false"),
                Map.entry("quantizer.incumbent.risk", "0.01"),
                Map.entry("quantizer.incumbent.margin", "0.02"),
                Map.entry("quantizer.incumbent.class-margin", "0.3"),
                Map.entry("quantizer.held-out.samples", "400"),
                Map.entry("quantizer.held-out.half-life", "200"),
                Map.entry("quantizer.held-out.min-samples", "50")))
            .get(0);

    assertThat(settings.updateKey()).isEqualTo("tagger/beta");
    assertThat(settings.plan().profile()).isEqualTo(DeviceProfile.X86_INT8);
    assertThat(settings.quantization().budgets())
        .isEqualTo(new GateBudgets(0.9, -1, 1, 0.1, 0.5, 2, 3, 3));
    assertThat(settings.quantization().effort().maxSteps()).isZero();
    assertThat(settings.quantization().timing().samples()).isEqualTo(7);
    assertThat(settings.quantization().calibration().method()).isEqualTo(CalibrationMethod.ENTROPY);
    assertThat(settings.quantization().calibration().halfLifeSamples()).isEqualTo(70);
    assertThat(settings.samples()).isEqualTo(new SampleCounts(100, 1, 50));
    assertThat(settings.incumbent())
        .isEqualTo(new IncumbentSettings(false, 0.01, 0.02, 0.3, 400, 200, 50));
    assertThat(settings.keepReplaced()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void shouldRoundConstantsForTheSakeOfDeltasAlone() {
    assertThat(constants(Map.of())).isEqualTo(new SignificantBits(13));
    assertThat(constants(Map.of("quantizer.delta.significant-bits", "16")))
        .isEqualTo(new SignificantBits(16));
    assertThat(constants(Map.of("quantizer.delta.chain", "0"))).isEqualTo(SignificantBits.ALL);
  }

  private static SignificantBits constants(Map<String, String> values) {
    return load(values).get(0).quantization().passes().constants();
  }

  @Test
  void shouldPublishEachChannelForItsDevices() {
    List<QuantizerSettings> channels =
        load(Map.of("quantizer.channels", "stable=int8, phones = arm64-int8,watches=tiny-int4"));

    assertThat(channels)
        .extracting(QuantizerSettings::updateKey)
        .containsExactly("student/stable", "student/phones", "student/watches");
    assertThat(channels.get(1).quantization().ladders())
        .containsExactly(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC);
    assertThat(channels.get(2).quantization().budgets().minAgreement()).isEqualTo(0.95);
  }

  @Test
  void shouldReportWhatIsOutOfRangeTogether() {
    assertThatThrownBy(
            () -> load(Map.of("quantizer.channels", "a/b=int8", "quantizer.min-agreement", "1.1")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("quantizer.channels")
        .hasMessageContaining("arm64-int8")
        .hasMessageContaining("quantizer.min-agreement");
    assertThatThrownBy(() -> load(Map.of("quantizer.channels", "a=int8,a=fp16")))
        .hasMessageContaining("each channel once");
    assertThatThrownBy(() -> load(Map.of("quantizer.channels", "a=int9")))
        .hasMessageContaining("profiles among int8");
  }

  private static List<QuantizerSettings> load(Map<String, String> values) {
    return QuantizerSettings.from(Settings.load(QuantizerSettings.all(), values));
  }
}
