package io.distillstream.wire.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.EventTimes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTimeHistogramTest {

  private final EventTimeHistogram histogram = new EventTimeHistogram();

  @Test
  void shouldGiveTheAgeThatAShareOfRecordsHasAtMost() {
    for (int second = 1; second <= 100; second++) {
      histogram.add(Instant.ofEpochSecond(second));
    }
    Instant now = Instant.ofEpochSecond(100);
    assertThat(histogram.ageQuantileMillis(now, 0.5)).isEqualTo(49_000);
    assertThat(histogram.ageQuantileMillis(now, 0.95)).isEqualTo(94_000);
    assertThat(histogram.ageQuantileMillis(now, 1)).isEqualTo(99_000);
  }

  @Test
  void shouldAddUpAcrossTheWire() {
    histogram.add(Instant.ofEpochMilli(1_234));
    EventTimes first = histogram.toAvro();
    histogram.add(Instant.ofEpochMilli(1_299));
    histogram.merge(first);
    assertThat(histogram.records()).isEqualTo(3);
    assertThat(histogram.toAvro().getStartsMillis()).containsExactly(1_200L);
    assertThat(EventTimeHistogram.from(histogram.toAvro()).toAvro()).isEqualTo(histogram.toAvro());
  }

  /** As where nothing was published for a day. */
  @Test
  void shouldStaySmallAndNeverUnderestimateAnAge() {
    int seconds = 86_400;
    for (int tenth = 0; tenth < seconds * 10; tenth++) {
      histogram.add(Instant.ofEpochMilli(tenth * 100L));
    }
    EventTimes times = histogram.toAvro();
    assertThat(times.getStartsMillis()).hasSizeLessThanOrEqualTo(10_000).isSorted();
    assertThat(histogram.records()).isEqualTo(seconds * 10L);
    Instant now = Instant.ofEpochSecond(seconds);
    for (double share : new double[] {0.001, 0.01, 0.1, 0.5, 0.95}) {
      long age = (long) (share * seconds * 1_000);
      assertThat(histogram.ageQuantileMillis(now, share)).isBetween(age, age + 25_600);
    }
    assertThat(EventTimeHistogram.from(times).toAvro()).isEqualTo(times);
  }

  @Test
  void shouldRefuseUnequalArrays() {
    assertThatThrownBy(() -> histogram.merge(new EventTimes(100, List.of(1L), List.of())))
        .hasMessageContaining("1 starts, 0 counts");
  }
}
