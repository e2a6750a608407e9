package io.distillstream.monitor.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.monitor.MonitorSettings;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessObjectiveTest {

  @Test
  void shouldReadAShareAndATime() {
    assertThat(FreshnessObjective.parse("95% < 60s"))
        .isEqualTo(new FreshnessObjective(0.95, Duration.ofSeconds(60)));
    assertThat(FreshnessObjective.parse(" 99.9 %<2m "))
        .isEqualTo(new FreshnessObjective(0.999, Duration.ofMinutes(2)));
    assertThat(FreshnessObjective.parse("99.9% < 120s").text()).isEqualTo("99.9% < 2m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "95%", "< 60s", "95 < 60s", "100% < 60s", "0% < 1s", "95% < 0s", "95% < soon"})
  void shouldSayWhatItTakes(String text) {
    assertThatThrownBy(
            () -> Settings.load(MonitorSettings.all(), Map.of("monitor.slo.freshness", text)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(FreshnessObjective.ACCEPTS);
    assertThatThrownBy(() -> FreshnessObjective.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotEmpty();
  }
}
