package io.distillstream.benchmarks.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapacityTablesTest {
  private static final double STANDING = 0.1;
  private static final double PER_REQUEST = 0.005;
  private static final long LABEL_BYTES = 400;

  @Test
  void shouldTellWhatRunsByTheClockFromWhatRequestsTake() {
    StageCost cost =
        StageCost.of(
            Stage.TEACHER,
            List.of(window(100, 10), window(50, 12)),
            List.of(window(100, 40), window(20, 38)));

    assertThat(cost.standing()).isCloseTo(STANDING, within(1e-9));
    assertThat(cost.perRequest()).isCloseTo(PER_REQUEST, within(1e-9));
    assertThat(cost.cores(100)).isCloseTo(0.6, within(1e-9));
  }

  @Test
  void shouldPlanForOtherRates() {
    List<String> lines =
        new CapacityTables(List.of(window(100, 10)), List.of(window(100, 40)))
            .lines(List.of(100.0, 1_000.0));

    assertThat(lines)
        .anySatisfy(line -> assertThat(line).matches("teacher +0\\.100 +5\\.00 +180"))
        .anySatisfy(line -> assertThat(line).matches("soft-labels +400 +90 days"))
        .anySatisfy(line -> assertThat(line).matches("cores, teacher +0\\.6 +5\\.1"))
        .anySatisfy(line -> assertThat(line).matches("partitions, 4 at least +4 +6"));
  }

  /** The joiner and all others do nothing, and every request has a soft label alone. */
  private static Window window(int seconds, int rate) {
    long requests = (long) seconds * rate;
    Map<Stage, Double> none = new HashMap<>();
    for (Stage stage : Stage.values()) {
      none.put(stage, 0.0);
    }
    Map<Stage, Double> used = new HashMap<>(none);
    used.put(Stage.TEACHER, STANDING * seconds + PER_REQUEST * requests);
    Map<Topic<?>, Long> empty = new HashMap<>();
    Topics.all().forEach(topic -> empty.put(topic, 0L));
    Map<Topic<?>, Long> full = new HashMap<>(empty);
    full.put(Topics.SOFT_LABELS, LABEL_BYTES * requests);
    return new Window(
        new Reading(0, 0, none, empty),
        new Reading(seconds * 1_000_000_000L, requests, used, full));
  }
}
