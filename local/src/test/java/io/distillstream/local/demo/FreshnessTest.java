package io.distillstream.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.EventTimes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreshnessTest {

  @Test
  void shouldWeighEveryRecordOnceOverAllInstallations() {
    Freshness freshness = new Freshness();
    freshness.add(
        new EventTimes(100, List.of(0L, 8_000L), List.of(1L, 8L)), Instant.ofEpochSecond(10));
    freshness.add(new EventTimes(100, List.of(9_000L), List.of(1L)), Instant.ofEpochSecond(29));
    assertThat(freshness.records()).isEqualTo(10);
    assertThat(freshness.quantileSeconds(0.5)).isEqualTo(2);
    assertThat(freshness.quantileSeconds(0.9)).isEqualTo(10);
    assertThat(freshness.quantileSeconds(1)).isEqualTo(20);
  }

  @Test
  void shouldHaveNoQuantileWithoutRecords() {
    assertThat(new Freshness().quantileSeconds(0.5)).isNaN();
  }
}
