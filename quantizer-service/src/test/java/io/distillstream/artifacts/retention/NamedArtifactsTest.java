package io.distillstream.artifacts.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ModelUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamedArtifactsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final long MIB = 1L << 20;

  private final NamedArtifacts artifacts = new NamedArtifacts(KEPT, 100 * MIB);

  @Test
  void shouldKeepWhatTheNewestUpdateOfEachChannelNamesHoweverOldItIs() {
    artifacts.see(update("stable", 1, 100, START));
    artifacts.see(update("beta", 1, 40, START));

    assertThat(artifacts.plan(START.plus(Duration.ofDays(400))).blobsFrom())
        .isEqualTo(Map.of(0, 40L));
  }

  @Test
  void shouldLetGoOfAReplacedArtifactAfterAWhile() {
    artifacts.see(update("stable", 1, 100, START));
    artifacts.see(update("stable", 2, 110, START.plusSeconds(60)));

    assertThat(artifacts.plan(START.plusSeconds(60).plus(KEPT)).blobsFrom())
        .isEqualTo(Map.of(0, 100L));
    assertThat(artifacts.plan(START.plusSeconds(61).plus(KEPT)).blobsFrom())
        .isEqualTo(Map.of(0, 110L));
  }

  @Test
  void shouldKeepTheDeltasThatLeadToTheNewestArtifact() {
    ModelUpdate newest = update("stable", 9, 90_000, START);
    artifacts.see(
        ModelUpdate.newBuilder(newest)
            .setDeltas(List.of(PublishedModel.delta(70), PublishedModel.delta(80_000)))
            .build());

    NamedArtifacts.Plan plan = artifacts.plan(START);

    assertThat(plan.blobsFrom()).isEqualTo(Map.of(0, 70L));
    assertThat(plan.inTheWay()).as("its next update names fewer of them").isEmpty();
  }

  @Test
  void shouldSayNothingOfATopicThatNothingNames() {
    assertThat(artifacts.plan(START).blobsFrom()).isEmpty();
  }

  @Test
  void shouldLetGoOfAChannelWhoseUpdateWasRemoved() {
    artifacts.see(update("stable", 1, 100, START));
    artifacts.see(update("gone", 1, 10, START));

    artifacts.removed("student/gone", START);

    assertThat(artifacts.plan(START.plus(KEPT).plusSeconds(1)).blobsFrom())
        .isEqualTo(Map.of(0, 100L));
  }

  @Test
  void shouldNameWhatStandsBeforeMuchThatCanGo() {
    ModelUpdate quiet = update("quiet", 1, 0, START);
    artifacts.see(quiet);
    // 8 chunks are its own; 200 more are 100 MiB.
    artifacts.see(update("stable", 70, 208, START));

    NamedArtifacts.Plan plan = artifacts.plan(START);

    assertThat(plan.blobsFrom()).isEqualTo(Map.of(0, 0L));
    assertThat(plan.inTheWay()).containsExactly(quiet);
  }

  @Test
  void shouldLeaveWhereItIsWhatStandsBeforeLittle() {
    artifacts.see(update("quiet", 1, 0, START));
    artifacts.see(update("stable", 70, 207, START));

    assertThat(artifacts.plan(START).inTheWay()).isEmpty();
  }

  @Test
  void shouldWaitForAReplacedArtifactThatStandsFirst() {
    artifacts.see(update("stable", 1, 0, START));
    artifacts.see(update("stable", 2, 4_000, START));

    assertThat(artifacts.plan(START).inTheWay()).isEmpty();
  }

  private static ModelUpdate update(String channel, long version, long firstOffset, Instant at) {
    return PublishedModel.update(channel, version, firstOffset, at);
  }
}
