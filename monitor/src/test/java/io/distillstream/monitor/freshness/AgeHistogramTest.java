package io.distillstream.monitor.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.EventTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeHistogramTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "PT0S, PT0S",
    "PT-5S, PT0S",
    "PT0.001S, PT0.1S",
    "PT59.901S, PT60S",
    "PT60S, PT60S",
    "PT60.001S, PT61S",
    "PT59M59.001S, PT1H",
    "PT1H, PT1H",
    "PT1H0.001S, PT1H1M",
    "PT167H59M1S, PT168H",
    "PT168H, PT168H",
    "PT168H0.001S, PT169H",
    "PT1000H, PT1000H",
  })
  void shouldRoundAnAgeUpToTheEndOfItsStep(Duration age, Duration end) {
    AgeHistogram ages = ages(age.toMillis());

    assertThat(ages.quantile(1)).isEqualTo(end.toMillis() / 1_000.0);
    assertThat(ages.recordsWithin(end)).isEqualTo(1);
    assertThat(ages.recordsWithin(end.minusMillis(1))).isZero();
  }

  @Test
  void shouldHoldFewStepsOfDevicesThatWereAwayForAWeek() {
    AgeHistogram overall = new AgeHistogram();
    int devices = 20;
    int records = 50_000;
    long week = Duration.ofDays(7).toMillis();
    for (int device = 0; device < devices; device++) {
      // Each of these is another one in steps of 0.1 s.
      long first = device * 100L;
      long apart = week / records;
      overall.add(ages(LongStream.range(0, records).map(i -> first + i * apart).toArray()));
    }

    assertThat(overall.records()).isEqualTo(devices * (long) records);
    assertThat(overall.steps()).isLessThan(15_000);
    double half = week / 2_000.0;
    assertThat(overall.quantile(0.5)).isBetween(half, half + Duration.ofMinutes(2).toSeconds());
  }

  @Test
  void shouldAddUpAgesAsTheyAre() {
    AgeHistogram ages = ages(50, 90_500, Duration.ofHours(2).plusSeconds(1).toMillis());
    AgeHistogram more = ages(25);

    ages.add(more);

    assertThat(ages.records()).isEqualTo(4);
    assertThat(ages.sumSeconds()).isCloseTo(0.05 + 90.5 + 7_201 + 0.025, within(1e-9));
  }

  @Test
  void shouldKnowNoQuantileWithoutRecords() {
    assertThat(ages().quantile(0.5)).isNull();
    assertThat(ages().records()).isZero();
  }

  private static AgeHistogram ages(long... millis) {
    List<Long> starts = LongStream.of(millis).mapToObj(age -> NOW.toEpochMilli() - age).toList();
    return AgeHistogram.of(
        new EventTimes(100, starts, Collections.nCopies(starts.size(), 1L)), NOW);
  }
}
