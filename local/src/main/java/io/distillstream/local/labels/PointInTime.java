package io.distillstream.local.labels;

import io.distillstream.runtime.Setting;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time on the command line: a date, a date with time and offset, or how long ago it was. */
final class PointInTime implements ITypeConverter<Instant> {

  @Override
  public Instant convert(String text) {
    return at(text, Instant.now());
  }

  static Instant at(String text, Instant now) {
    try {
      if (text.matches("\\d+[a-z]+")) {
        return now.minus(Setting.parseDuration(text));
      }
      return text.length() <= "2026-01-31".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is no time; accepted are a date (2026-01-31, from 00:00 UTC), a time"
              + " (2026-01-31T12:00:00Z), or how long ago (24h, 7d)");
    }
  }
}
