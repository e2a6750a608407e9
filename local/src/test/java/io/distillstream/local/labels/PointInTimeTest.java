package io.distillstream.local.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {

  private static final Instant NOW = Instant.parse("2026-03-10T06:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2026-01-31, 2026-01-31T00:00:00Z",
    "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00+02:00, 2026-01-31T10:00:00Z",
    "24h, 2026-03-09T06:00:00Z",
    "7d, 2026-03-03T06:00:00Z"
  })
  void shouldReadATime(String text, Instant expected) {
    assertThat(PointInTime.at(text, NOW)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-13-01", "7", "7y", "2026-01-31 12:00"})
  void shouldSayWhatIsATime(String text) {
    assertThatThrownBy(() -> PointInTime.at(text, NOW))
        .hasMessageStartingWith("'" + text + "' is no time; accepted are a date (2026-01-31");
  }
}
