package io.distillstream.wire.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {

  private final DurationHistogram histogram = new DurationHistogram();

  @Test
  void shouldNotUnderestimateQuantilesNorOverestimateThemByMoreThanATenth() {
    for (int millis = 1; millis <= 100_000; millis += 7) {
      DurationHistogram one = new DurationHistogram();
      one.add(Duration.ofMillis(millis), 1);
      assertThat(one.quantileSeconds(0.5) * 1_000).isBetween(millis - 1e-6, millis * 1.1 + 1e-6);
    }
  }

  @Test
  void shouldTellQuantilesOverAllRecords() {
    histogram.add(Duration.ofSeconds(1), 94);
    histogram.add(Duration.ofSeconds(100), 6);

    assertThat(histogram.quantileSeconds(0.94)).isBetween(1.0, 1.1);
    assertThat(histogram.quantileSeconds(0.95)).isBetween(100.0, 110.0);
    assertThat(histogram.records()).isEqualTo(100);
    assertThat(histogram.sumSeconds()).isEqualTo(694);
  }

  @Test
  void shouldAddUp() {
    histogram.add(Duration.ofMillis(3), 2);
    DurationHistogram other = new DurationHistogram();
    other.add(Duration.ofMillis(3), 1);
    other.add(Duration.ofDays(1), 1);

    histogram.merge(other.toAvro());

    assertThat(histogram.recordsWithin(1)).isEqualTo(3);
    assertThat(histogram.recordsWithin(86_000)).isEqualTo(3);
    assertThat(histogram.recordsWithin(100_000)).isEqualTo(4);
    assertThat(histogram.sumSeconds()).isCloseTo(86_400.009, within(1e-9));
    assertThat(DurationHistogram.from(histogram.toAvro()).toAvro()).isEqualTo(histogram.toAvro());
  }

  @Test
  void shouldTakeWhatCannotBe() {
    histogram.add(Duration.ofSeconds(-5), 1);
    histogram.add(Duration.ofDays(100_000), 1);
    histogram.add(Duration.ofSeconds(1), 0);

    assertThat(histogram.toAvro().getBuckets()).containsExactly(0, DurationHistogram.LAST_BUCKET);
  }

  @Test
  void shouldHaveNoQuantileWithoutRecords() {
    assertThat(histogram.quantileSeconds(0.5)).isNaN();
  }
}
