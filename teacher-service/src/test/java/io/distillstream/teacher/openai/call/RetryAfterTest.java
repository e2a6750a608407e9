package io.distillstream.teacher.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          7                             | 7000
          0.25                          | 250
          999999999                     | 86400000
          Thu, 01 Jan 2026 00:01:00 GMT | 60000
          Wed, 31 Dec 2025 23:00:00 GMT | 0
          soon                          | -1
          -3                            | -1
          """)
  void shouldReadSecondsAndDates(String value, long millis) {
    HttpHeaders headers = HttpHeaders.of(Map.of("Retry-After", List.of(value)), (k, v) -> true);

    assertThat(RetryAfter.of(headers, NOW))
        .isEqualTo(millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis)));
  }
}
