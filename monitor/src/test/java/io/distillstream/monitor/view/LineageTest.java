package io.distillstream.monitor.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What versions were made from. */
class LineageTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final PipelineView view =
      new PipelineView("demo", TestRecords.MODEL, Duration.ofMinutes(5), TestRecords.OBJECTIVE);

  @Test
  void shouldTellItOfVersionsPublishedAndRefused() {
    for (int version = 1; version <= 4; version++) {
      view.checkpoint(TestRecords.checkpoint(version, version * 1_000L, 0.7, 0.5));
    }
    view.update(TestRecords.update(2, 2_000, 0.7, NOW));
    view.event(TestRecords.refused(4, 4_000, 2, NOW));

    assertThat(view.lineage()).extracting(Lineage::version).containsExactly(4L, 2L);
    Lineage refused = view.lineage().get(0);
    assertThat(refused.parent()).isEqualTo(3);
    assertThat(refused.teachers()).isEqualTo(Map.of("minilm", "5d9cfc4a4a0d"));
    assertThat(refused.offsets()).containsExactly(new Lineage.Range(0, 3_000, 4_000));
    assertThat(refused.records()).isEqualTo(1_000);
    assertThat(refused.instead()).isNull();
  }

  @Test
  void shouldSayWhatAVersionWasRestoredInsteadOf() {
    Checkpoint restored =
        Checkpoint.newBuilder(TestRecords.checkpoint(9, 4_000, 0.7, 0.5))
            .setParentVersion(4)
            .setRestored(new Restored(8L, List.of()))
            .build();

    assertThat(Lineage.of(restored).parent()).isEqualTo(4);
    assertThat(Lineage.of(restored).instead()).isEqualTo(8);
  }

  @Test
  void shouldListSomeOfManyPartitionsAndCountAll() {
    Checkpoint wide =
        Checkpoint.newBuilder(TestRecords.checkpoint(1, 1_000, 0.7, 0.5))
            .setOffsets(
                IntStream.range(0, 200).mapToObj(p -> new OffsetRange(p, 10L, 15L)).toList())
            .build();

    assertThat(Lineage.of(wide).partitions()).isEqualTo(200);
    assertThat(Lineage.of(wide).records()).isEqualTo(1_000);
    assertThat(Lineage.of(wide).offsets()).hasSize(Lineage.MAX_RANGES);
  }

  @Test
  void shouldTellNothingOfACheckpointThatIsGone() {
    view.update(TestRecords.update(2, 2_000, 0.7, NOW));

    assertThat(view.lineage()).isEmpty();
  }
}
