package io.distillstream.monitor.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
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
    assertThat(FreshnessObjective.isLegal(text)).isFalse();
    assertThatThrownBy(() -> FreshnessObjective.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotEmpty();
  }
}
