package io.distillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final long WORTH = 1_000;

  private final List<StoredCheckpoint> stored = new ArrayList<>();
  private long blobs;

  private static RetentionPolicy policy(int count, int minutes, Long... versions) {
    return new RetentionPolicy(count, Duration.ofMinutes(minutes), Set.of(versions));
  }

  private static Instant minute(long minute) {
    return Manifests.START.plusSeconds(60 * minute);
  }

  private static List<Checkpoint> versions(int last) {
    List<Checkpoint> manifests = new ArrayList<>();
    for (int version = 1; version <= last; version++) {
      manifests.add(Manifests.of("m", version, version, 1).build());
    }
    return manifests;
  }

  @Test
  void shouldKeepTheNewestHoweverOld() {
    assertThat(policy(2, 5).wanted(versions(10), minute(1_000_000))).containsExactly(9L, 10L);
  }

  @Test
  void shouldKeepTheYoungHoweverMany() {
    assertThat(policy(2, 5).wanted(versions(10), minute(11))).containsExactly(7L, 8L, 9L, 10L);
  }

  @Test
  void shouldKeepProtectedVersionsAndWhatAKeptOneWasRestoredFrom() {
    List<Checkpoint> manifests = versions(10);
    manifests.add(Manifests.restored(Manifests.of("m", 11, 11, 1), 4));
    assertThat(policy(2, 0, 2L, 99L).wanted(manifests, minute(12)))
        .containsExactly(2L, 4L, 10L, 11L);
    manifests.addAll(
        List.of(Manifests.of("m", 12, 12, 1).build(), Manifests.of("m", 13, 13, 1).build()));
    assertThat(policy(2, 0, 2L).wanted(manifests, minute(14))).containsExactly(2L, 12L, 13L);
  }

  /** Appends a checkpoint whose manifest lies at the next offset. */
  private void append(String model, long version, long size, Long... wanted) {
    blobs += 10;
    stored.add(
        new StoredCheckpoint(
            Manifests.of(model, version, blobs, size).setWantedVersions(List.of(wanted)).build(),
            0,
            100 + stored.size()));
  }

  private RetentionPlan plan(Long... wanted) {
    return RetentionPlan.of(stored, "m", Set.of(wanted), WORTH);
  }

  @Test
  void shouldDeleteUpToTheFirstWantedCheckpoint() {
    for (int version = 1; version <= 5; version++) {
      append("m", version, 500);
    }
    RetentionPlan plan = plan(4L, 5L);
    assertThat(plan.manifestsFrom()).isEqualTo(Map.of(0, 103L));
    assertThat(plan.blobsFrom()).isEqualTo(Map.of(0, 40L));
    assertThat(plan.carry()).isEmpty();
  }

  @Test
  void shouldStopBeforeWhatAnotherModelWants() {
    append("m", 1, 10);
    append("other", 7, 10, 6L, 7L);
    append("m", 2, 10);
    append("m", 3, 10);
    assertThat(plan(3L).blobsFrom()).isEqualTo(Map.of(0, 20L));
    append("other", 8, 10, 8L);
    assertThat(plan(3L).blobsFrom()).isEqualTo(Map.of(0, 40L));
  }

  @Test
  void shouldLeaveAModelAloneThatDoesNotSayWhatItWants() {
    append("other", 1, 10);
    append("other", 2, 10);
    append("m", 1, 10);
    append("m", 2, 10);
    assertThat(plan(2L).manifestsFrom()).isEqualTo(Map.of(0, 100L));
  }

  @Test
  void shouldSendAgainALittleThatStandsBeforeMuch() {
    append("other", 1, 300, 1L);
    append("m", 1, 200);
    append("m", 2, 500);
    append("m", 3, 499);
    append("m", 4, 10);
    assertThat(plan(4L).carry()).as("not four times as much").isEmpty();
    stored.remove(4);
    append("m", 4, 10);
    append("m", 5, 10);
    assertThat(plan(5L).carry()).extracting(StoredCheckpoint::model).containsExactly("other");
  }

  @Test
  void shouldCountACopyInPlaceOfItsOriginal() {
    append("other", 1, 100, 1L);
    append("m", 1, 2_000);
    stored.add(
        new StoredCheckpoint(
            Manifests.of("other", 1, 90, 100).setCopy(true).setWantedVersions(List.of(1L)).build(),
            0,
            102));
    append("m", 2, 10);
    assertThat(plan(2L).manifestsFrom()).isEqualTo(Map.of(0, 102L));
    assertThat(plan(2L).carry()).isEmpty();
  }

  @Test
  void shouldNeverDeleteTheOnlyCheckpointOfAModel() {
    append("m", 1, 10);
    assertThat(plan(1L).manifestsFrom()).isEqualTo(Map.of(0, 100L));
    assertThat(plan(1L).carry()).isEmpty();
  }
}
