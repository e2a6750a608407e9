package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LagSettingsTest {

  @Test
  void shouldWatchNoOtherGroupsByDefault() {
    LagSettings settings = LagSettings.from(Settings.load(LagSettings.all(), Map.of()));

    assertThat(settings.groups().matcher("payments").matches()).isFalse();
    assertThat(settings.clusterName()).isEmpty();
    assertThat(settings.period()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.exactUpTo()).isEqualTo(1_000);
  }

  @Test
  void shouldRefuseWhatIsNoRegularExpression() {
    assertThatThrownBy(
            () ->
                Settings.load(
                    LagSettings.all(),
                    Map.of("monitor.groups", "payments-(", "monitor.lag.period", "0s")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("monitor.groups")
        .hasMessageContaining("a regular expression")
        .hasMessageContaining("monitor.lag.period");
  }
}
