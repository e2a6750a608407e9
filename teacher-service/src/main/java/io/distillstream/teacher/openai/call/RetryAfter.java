package io.distillstream.teacher.openai.call;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header of that name: seconds, or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {

  private static final Duration LONGEST = Duration.ofDays(1);

  private RetryAfter() {}

  /** From {@code now} on; empty where it is missing or illegible. */
  static Optional<Duration> of(HttpHeaders headers, Instant now) {
    return headers.firstValue("retry-after").flatMap(value -> parse(value.strip(), now));
  }

  private static Optional<Duration> parse(String value, Instant now) {
    try {
      Duration wait =
          value.matches("\\d{1,9}(\\.\\d{1,9})?")
              ? Duration.ofMillis((long) Math.ceil(Double.parseDouble(value) * 1e3))
              : Duration.between(
                  now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
      if (wait.isNegative()) {
        return Optional.of(Duration.ZERO);
      }
      return Optional.of(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
