package io.distillstream.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizerSettingsTest {

  @Test
  void shouldPublishTheStudentOnTheStableChannelByDefault() {
    QuantizerSettings settings = load(Map.of());

    assertThat(settings.updateKey()).isEqualTo("student/stable");
    assertThat(settings.budgets()).isEqualTo(new GateBudgets(0.98, 0.30, 1.5, 32, 4));
    assertThat(settings.evaluationSamples()).isEqualTo(256);
  }

  @Test
  void shouldTakeEveryValueFromItsKey() {
    QuantizerSettings settings =
        load(
            Map.of(
                "quantizer.model", "tagger",
                "quantizer.channel", "beta",
                "quantizer.min-agreement", "0.9",
                "quantizer.max-size-ratio", "0.5",
                "quantizer.max-latency-ratio", "2",
                "quantizer.min-evaluation-samples", "3",
                "quantizer.max-fallback-layers", "0",
                "quantizer.evaluation-samples", "100",
                "quantizer.probe-samples", "1"));

    assertThat(settings)
        .isEqualTo(
            new QuantizerSettings("tagger", "beta", new GateBudgets(0.9, 0.5, 2, 3, 0), 100, 1));
  }

  @Test
  void shouldReportWhatIsOutOfRangeTogether() {
    assertThatThrownBy(
            () -> load(Map.of("quantizer.channel", "a/b", "quantizer.min-agreement", "1.1")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("quantizer.channel")
        .hasMessageContaining("quantizer.min-agreement");
  }

  private static QuantizerSettings load(Map<String, String> values) {
    return QuantizerSettings.from(Settings.load(QuantizerSettings.all(), values));
  }
}
