package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.trainer.checkpoint.log.CheckpointStore;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What others write among a model's manifests, on a real broker. */
@ExtendWith(SharedCluster.class)
class ForeignManifestIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  ForeignManifestIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldTrainOnBesideManifestsThatItDidNotWrite() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("foreign", embedded, folder)) {
      harness.sendInOrder(0, 200);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 200);
        Checkpoint newest = harness.newest("tiny");

        harness.sendManifest("tiny", harness.encode(claiming(newest, 1L << 30)));

        await().atMost(DEADLINE).until(() -> !events(harness).isEmpty());
        harness.sendInOrder(200, 300);
        harness.awaitRecords("tiny", 300);
        assertThat(service.healthy()).isTrue();
        assertThat(events(harness))
            .extracting(TrainingEvent::getKind)
            .containsOnly(TrainingEventKind.FOREIGN);
      }
      harness.sendInOrder(300, 400);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 400);
      }

      assertLearnedOnce(harness, 400);
    }
  }

  private static Checkpoint claiming(Checkpoint like, long version) {
    return Checkpoint.newBuilder(like).setVersion(version).setParentVersion(version - 1).build();
  }

  @Test
  void shouldStartBehindRecordsThatAreNoManifests() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("noise", embedded, folder);
        CheckpointStore store = store(harness)) {
      harness.sendInOrder(0, 200);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 200);
      }
      Checkpoint newest = harness.newest("tiny");
      harness.sendManifest("tiny", new byte[] {0, 0});
      harness.sendManifest(
          "tiny", harness.encode(Checkpoint.newBuilder(newest).setVersion(-5).build()));
      harness.sendManifest(
          "tiny", harness.encode(Checkpoint.newBuilder(newest).setModel("other").build()));

      harness.sendInOrder(200, 300);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        await()
            .atMost(DEADLINE)
            .until(() -> store.list().stream().anyMatch(one -> one.getRecordsTrained() == 300));
      }

      assertThat(store.unreadable()).hasSize(3).allMatch(one -> one.model().equals("tiny"));
      assertThat(last(store).getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 300));
    }
  }

  @Test
  void shouldGoOnFromAnEarlierCheckpointWhereTheNewestCannotBeRead() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("mend", embedded, folder);
        CheckpointStore store = store(harness)) {
      harness.sendInOrder(0, 200);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 200);
      }
      long unreadable = harness.newest("tiny").getVersion() + 1;
      harness.sendManifest("tiny", new byte[] {0, 0, 0});
      harness.claimCheckpoint("tiny", 200, unreadable);

      try (TrainerService service = harness.service("tiny", Map.of())) {
        assertThatThrownBy(service::start)
            .hasMessageContaining("checkpoint %d of tiny".formatted(unreadable))
            .hasMessageContaining("checkpoints restore");
      }
      Checkpoint restored = store.restore(last(store), false);
      assertThat(restored.getVersion()).isEqualTo(unreadable + 1);
      harness.sendInOrder(200, 300);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        await().atMost(DEADLINE).until(() -> last(store).getRecordsTrained() == 300);
      }

      assertThat(last(store).getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 300));
    }
  }

  private static Checkpoint last(CheckpointStore store) {
    List<Checkpoint> all = store.list();
    return all.get(all.size() - 1);
  }

  private CheckpointStore store(TrainerHarness harness) throws Exception {
    Path files = Files.createDirectories(folder.resolve("store"));
    return new CheckpointStore(harness.cluster, harness.pipeline, "tiny", files);
  }

  private static void assertLearnedOnce(TrainerHarness harness, int records) {
    Checkpoint whole =
        harness.manifests("tiny").stream()
            .filter(one -> one.getRecordsTrained() == records)
            .reduce((one, other) -> other)
            .orElseThrow();
    assertThat(whole.getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, records));
  }

  private static List<TrainingEvent> events(TrainerHarness harness) throws Exception {
    Codec<TrainingEvent> codec = harness.wire.codec(Topics.TRAINING_EVENTS, harness.pipeline);
    List<TrainingEvent> events = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : harness.committed(codec.topic())) {
      events.add(codec.decode(record.value()));
    }
    return events;
  }
}
