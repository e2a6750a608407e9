package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.RetentionPolicy;
import io.distillstream.trainer.checkpoint.log.CheckpointAccess;
import io.distillstream.trainer.checkpoint.log.CheckpointStore;
import io.distillstream.trainer.checkpoint.log.Cleaning;
import io.distillstream.trainer.checkpoint.log.KafkaClients;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What operators do with checkpoints, on a real broker and with trainers that run. */
@ExtendWith(SharedCluster.class)
class CheckpointToolsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  CheckpointToolsIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldGoOnFromARestoredCheckpointWhileItRuns() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("restore", embedded, folder);
        CheckpointStore store = store(harness, "tiny")) {
      harness.sendInOrder(0, 256);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        awaitRecords(harness, 256);
        Checkpoint first = store.list().get(0);

        Checkpoint restored = store.restore(first, false);

        Checkpoint again = awaitRecords(harness, restored.getVersion() + 1, 256);
        assertThat(service.healthy()).isTrue();
        assertThat(again.getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 256));
        harness.sendInOrder(256, 300);
        assertThat(awaitRecords(harness, again.getVersion(), 300).getLineageDigest())
            .isEqualTo(MadeUpTraffic.digest(0, 300));
        assertLineage(harness, first, restored);
      }
    }
  }

  /** Following parents from the newest, every range begins where its parent's ended. */
  private static void assertLineage(TrainerHarness harness, Checkpoint first, Checkpoint restored) {
    List<Checkpoint> all = harness.manifests("tiny");
    assertThat(all).extracting(Checkpoint::getVersion).doesNotHaveDuplicates().isSorted();
    assertThat(restored.getParentVersion()).isEqualTo(first.getVersion());
    assertThat(restored.getRestored().getNewestVersion()).isEqualTo(restored.getVersion() - 1);
    assertThat(restored.getRestored().getSkipped()).isEmpty();
    assertThat(restored.getRecordsTrained()).isEqualTo(first.getRecordsTrained());
    Checkpoint next = all.get(all.size() - 1);
    while (next.getParentVersion() != 0) {
      long parent = next.getParentVersion();
      Checkpoint ancestor =
          all.stream().filter(one -> one.getVersion() == parent).findFirst().orElseThrow();
      assertThat(next.getOffsets().get(0).getFromOffset())
          .isEqualTo(ancestor.getOffsets().get(0).getToOffset());
      next = ancestor;
    }
    assertThat(next.getOffsets().get(0).getFromOffset()).isZero();
  }

  @Test
  void shouldLeaveOutWhatWasTrainedSinceWhereAsked() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("skip", embedded, folder);
        CheckpointStore store = store(harness, "tiny")) {
      harness.sendInOrder(0, 256);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        awaitRecords(harness, 256);
      }
      Checkpoint first = store.list().get(0);
      long reached = first.getOffsets().get(0).getToOffset();

      Checkpoint restored = store.restore(first, true);

      assertThat(restored.getRestored().getSkipped())
          .containsExactly(new OffsetRange(0, reached, 256L));
      assertThat(harness.state(restored).state()).isEqualTo(harness.state(first).state());
      OnnxModel onnx = OnnxModel.read(harness.fetch(restored.getOnnx()));
      assertThat(ModelMetadata.fromMap(onnx.metadata()).provenance())
          .containsEntry("checkpoint", Long.toString(restored.getVersion()))
          .containsEntry("restored-from", "1");
      harness.sendInOrder(256, 300);
      // One batch, and so one checkpoint.
      try (TrainerService service = harness.service("tiny", Map.of("trainer.batch-size", "44"))) {
        service.start();
        Checkpoint next = awaitRecords(harness, restored.getVersion() + 1, reached + 44);
        assertThat(next.getLineageDigest())
            .isEqualTo(MadeUpTraffic.digest(0, (int) reached) + MadeUpTraffic.digest(256, 300));
        assertThat(next.getOffsets()).containsExactly(new OffsetRange(0, 256L, 300L));
      }
      assertThatThrownBy(() -> store.restore(store.list().get(store.list().size() - 1), false))
          .hasMessageContaining("the newest already");
    }
  }

  @Test
  void shouldDeleteOldCheckpointsButNoneThatAnotherModelWants() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("retention", embedded, folder)) {
      publish(harness, "idle", 3);
      publish(harness, "busy", 11);
      List<Checkpoint> before = harness.manifests("busy");
      Checkpoint idle = harness.newest("idle");

      // What the idle one wanted when it last published stands before all of the busy one's.
      clean(harness, "busy", 2, Long.MAX_VALUE);
      assertThat(harness.manifests("busy")).hasSize(before.size());
      harness.state(harness.newest("idle"));

      // The little that is left of it is sent again to the end, and then no longer in the way.
      clean(harness, "busy", 2, 1);
      await()
          .untilAsserted(
              () ->
                  assertThat(harness.manifests("idle"))
                      .filteredOn(Checkpoint::getCopy)
                      .hasSameSizeAs(idle.getWantedVersions()));
      clean(harness, "busy", 2, Long.MAX_VALUE);

      assertThat(harness.manifests("busy")).hasSize(2);
      assertThat(harness.newest("busy")).isEqualTo(before.get(before.size() - 1));
      harness.state(harness.newest("busy"));
      assertThat(harness.newest("idle").getVersion()).isEqualTo(idle.getVersion());
      harness.state(harness.newest("idle"));
      assertThat(firstBlobOffset(harness)).isGreaterThan(before.get(0).getState().getFirstOffset());
      // The idle one goes on where it was.
      publish(harness, "idle", 1);
      assertThat(harness.newest("idle").getVersion()).isGreaterThan(idle.getVersion());
    }
  }

  /** So many checkpoints, by a trainer that ends then and wants two kept. */
  private static void publish(TrainerHarness harness, String model, int checkpoints) {
    Map<String, String> settings =
        Map.of("trainer.keep-checkpoints", "2", "trainer.keep-checkpoint-age", "0s");
    try (TrainerService service = harness.service(model, settings)) {
      service.start();
      for (int i = 0; i < checkpoints; i++) {
        int already = harness.manifests(model).size();
        harness.sendInOrder(32 * i, 32 * (i + 1));
        await().atMost(DEADLINE).until(() -> harness.manifests(model).size() > already);
      }
    }
  }

  private static long firstBlobOffset(TrainerHarness harness) {
    return harness.committed(Topics.CHECKPOINT_BLOBS.in(harness.pipeline)).get(0).offset();
  }

  private static void clean(TrainerHarness harness, String model, int keep, long worth)
      throws Exception {
    KafkaClients clients = KafkaClients.of(harness.cluster, harness.pipeline, model);
    RetentionPolicy policy = new RetentionPolicy(keep, Duration.ZERO, Set.of());
    try (WireFormat wire = new WireFormat(harness.cluster.registryUrl())) {
      CheckpointAccess access =
          CheckpointAccess.of(
              harness.cluster, wire, harness.pipeline, clients, harness.context.folder("clean"));
      Cleaning.run(access, model, policy, worth);
    }
  }

  private CheckpointStore store(TrainerHarness harness, String model) throws Exception {
    return new CheckpointStore(
        harness.cluster, harness.pipeline, model, Files.createDirectories(folder.resolve("tools")));
  }

  private static Checkpoint awaitRecords(TrainerHarness harness, long records) {
    return awaitRecords(harness, 1, records);
  }

  private static Checkpoint awaitRecords(TrainerHarness harness, long version, long records) {
    await()
        .atMost(DEADLINE)
        .until(
            () ->
                harness.manifests("tiny").stream()
                    .anyMatch(
                        one -> one.getVersion() >= version && one.getRecordsTrained() >= records));
    return harness.newest("tiny");
  }
}
