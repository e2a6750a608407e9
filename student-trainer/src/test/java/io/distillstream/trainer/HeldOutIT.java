package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.HeldOutScore;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole trainer on a real broker, with one request of five held out. */
@ExtendWith(SharedCluster.class)
class HeldOutIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String MODEL = "tiny";
  private static final HeldOutRule RULE = new HeldOutRule(5);
  private static final Map<String, String> ONE_IN_FIVE = Map.of("trainer.held-out.one-in", "5");

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  HeldOutIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  private static IntStream heldOut(int from, int to) {
    return IntStream.range(from, to).filter(number -> RULE.holdsOut("request-" + number));
  }

  /** A number from which on the next request is learned, so that a checkpoint covers all before. */
  private static int learnedAfter(int number) {
    return RULE.holdsOut("request-" + number) ? learnedAfter(number + 1) : number + 1;
  }

  private static long digest(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(number -> "request-" + number)
        .filter(id -> !RULE.holdsOut(id))
        .mapToLong(Sha256::leadingLong)
        .sum();
  }

  private static List<HeldOutExample> copies(TrainerHarness harness)
      throws UndecodableRecordException {
    Codec<HeldOutExample> codec = harness.context.wire().codec(Topics.HELD_OUT, harness.pipeline);
    List<HeldOutExample> copies = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : harness.committed(codec.topic())) {
      HeldOutExample copy = codec.decode(record.value());
      assertThat(record.key()).isEqualTo(copy.getExample().getRequestId());
      copies.add(copy);
    }
    return copies;
  }

  private static void assertEachOnce(TrainerHarness harness, IntStream numbers) throws Exception {
    assertThat(copies(harness))
        .containsExactlyInAnyOrderElementsOf(
            numbers
                .mapToObj(number -> new HeldOutExample(MODEL, MadeUpTraffic.example(number)))
                .toList());
  }

  @Test
  void shouldPublishEachHeldOutRequestOnceAndTrainNoneThroughACrash() throws Exception {
    int all = learnedAfter(500);
    int held = (int) heldOut(0, all).count();
    try (TrainerHarness harness = new TrainerHarness("held-out", embedded, folder)) {
      harness.sendInOrder(0, all);
      try (TrainerService crashing =
          new TrainerService(
              harness.settings(MODEL, ONE_IN_FIVE),
              harness.context,
              new CrashingClients(harness.cluster, harness.pipeline, MODEL, 3))) {
        crashing.start();
        await().atMost(DEADLINE).until(() -> !crashing.healthy());
      }
      Checkpoint first = harness.newest(MODEL);
      assertThat(copies(harness)).hasSize((int) first.getHeldOutRecords()).isNotEmpty();

      try (TrainerService restarted = harness.service(MODEL, ONE_IN_FIVE)) {
        restarted.start();
        harness.awaitRecords(MODEL, all - held);
      }

      assertEachOnce(harness, heldOut(0, all));
      CheckpointChain.assertJoined(harness.manifests(MODEL), all - held);
      Checkpoint newest = harness.newest(MODEL);
      assertThat(newest.getLineageDigest()).isEqualTo(digest(0, all));
      assertThat(newest.getHeldOutRecords()).isEqualTo(held);
      assertThat(newest.getReplayedTrained()).isBetween((all - held) / 4L, (all - held) / 2L);
      HeldOutScore score = newest.getTraining().getHeldOut().getPublished();
      assertThat(score.getRecords()).isEqualTo(held);
      assertThat(score.getAgreement())
          .isGreaterThan(first.getTraining().getHeldOut().getPublished().getAgreement() - 0.1);
      GoodState state = harness.state(newest);
      assertThat(state.memories().heldOut().examples()).hasSize(held);
      assertThat(state.memories().replay().examples()).hasSize(all - held);
    }
  }

  @Test
  void shouldGoOnWithTheSameCountAfterPassingOverHeldOutRequestsAlone() throws Exception {
    int trained = learnedAfter(100);
    int[] late = heldOut(1_000, 2_000).limit(10).toArray();
    int more = learnedAfter(trained + 50);
    int held = (int) heldOut(0, more).count() + late.length;
    try (TrainerHarness harness = new TrainerHarness("passed-over", embedded, folder)) {
      harness.sendInOrder(0, trained);
      try (TrainerService service = harness.service(MODEL, ONE_IN_FIVE)) {
        service.start();
        harness.awaitRecords(MODEL, trained - heldOut(0, trained).count());
        for (int number : late) {
          harness.sendInOrder(number, number + 1);
        }
        int before = (int) heldOut(0, trained).count();
        await().atMost(DEADLINE).until(() -> copies(harness).size() == before + late.length);
      }
      long published = harness.newest(MODEL).getVersion();
      harness.sendInOrder(trained, more);
      try (TrainerService service = harness.service(MODEL, ONE_IN_FIVE)) {
        service.start();
        harness.awaitRecords(MODEL, more - heldOut(0, more).count());
      }

      assertEachOnce(harness, IntStream.concat(heldOut(0, more), IntStream.of(late)));
      CheckpointChain.assertJoined(harness.manifests(MODEL), more - heldOut(0, more).count());
      Checkpoint newest = harness.newest(MODEL);
      assertThat(newest.getParentVersion()).isGreaterThanOrEqualTo(published);
      assertThat(newest.getHeldOutRecords()).isEqualTo(held);
      assertThat(newest.getLineageDigest()).isEqualTo(digest(0, more));
    }
  }
}
