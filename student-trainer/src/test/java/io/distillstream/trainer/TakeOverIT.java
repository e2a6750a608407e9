package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ConsumerGroups;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Trainers of one model that take over from each other, on a real broker. */
@ExtendWith(SharedCluster.class)
class TakeOverIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  TakeOverIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldGoOnBehindManyCheckpointsOfAnotherModel() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("neighbours", embedded, folder)) {
      harness.sendInOrder(0, 200);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 200);
      }
      harness.sendManifestsOfAnother(harness.newest("tiny"), "other", 300);

      harness.sendInOrder(200, 300);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 300);
      }

      assertThat(harness.newest("tiny").getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 300));
    }
  }

  @Test
  void shouldGoOnWhereBrokersEndedItsTransactions() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("expired", embedded, folder);
        Instance running = new Instance(harness, 0);
        Admin admin = Admin.create(harness.cluster.adminProperties())) {
      harness.sendInOrder(0, 200);
      harness.awaitRecords("tiny", 200);

      // What they do with a producer whose transaction outlasts transaction.timeout.ms.
      admin.fenceProducers(List.of(ConsumerGroups.trainer(harness.pipeline, "tiny"))).all().get();
      harness.sendInOrder(200, 400);
      harness.awaitRecords("tiny", 400);

      assertThat(running.service.alive()).isTrue();
      CheckpointChain.assertJoined(harness.manifests("tiny"), 400);
      assertThat(harness.newest("tiny").getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 400));
    }
  }

  @Test
  void shouldGoOnWhereBrokersEndedItsTransactionsBeforeItsFirstCheckpoint() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("expired-first", embedded, folder);
        Instance running = new Instance(harness, 0);
        Admin admin = Admin.create(harness.cluster.adminProperties())) {
      String trainer = ConsumerGroups.trainer(harness.pipeline, "tiny");
      await()
          .atMost(DEADLINE)
          .until(
              () ->
                  !admin
                      .listConsumerGroupOffsets(trainer)
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .isEmpty());

      admin.fenceProducers(List.of(trainer)).all().get();
      harness.sendInOrder(0, 200);
      harness.awaitRecords("tiny", 200);

      assertThat(running.service.alive()).isTrue();
      assertThat(harness.newest("tiny").getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 200));
    }
  }

  @Test
  void shouldTrainEachRecordOnceThroughFiveTakeOvers() throws Exception {
    int sent = 200;
    try (TrainerHarness harness = new TrainerHarness("fence", embedded, folder)) {
      harness.send(0, sent);
      Instance running = new Instance(harness, 0);
      try {
        for (int takeOver = 1; takeOver <= 5; takeOver++) {
          harness.awaitRecords("tiny", sent - 100);
          // Both train from here on, until the one notices that it may not publish any more.
          Instance next = new Instance(harness, takeOver);
          harness.send(sent, sent + 200);
          sent += 200;
          try (Instance fenced = running) {
            running = next;
            await().atMost(DEADLINE).until(() -> !fenced.service.healthy());
            assertThat(fenced.failure()).contains("another trainer of this model has taken over");
          }
          assertThat(running.service.healthy()).isTrue();
        }
        harness.awaitRecords("tiny", sent);
      } finally {
        running.close();
      }

      CheckpointChain.assertJoined(harness.manifests("tiny"), sent);
      assertThat(harness.newest("tiny").getLineageDigest())
          .isEqualTo(MadeUpTraffic.digest(0, sent));
    }
  }

  /** A running trainer of the model {@code tiny}, as on a machine of its own. */
  private final class Instance implements AutoCloseable {
    private final ServiceContext context;
    private final TrainerService service;

    Instance(TrainerHarness harness, int number) {
      context =
          ServiceContext.connect(
              harness.pipeline, harness.cluster, folder.resolve("on-" + number), "on-" + number);
      service = new TrainerService(harness.settings("tiny", Map.of()), context);
      service.start();
    }

    String failure() {
      return String.valueOf(
          context.stage("trainer").report(Instant.now()).getNotes().get("failure"));
    }

    @Override
    public void close() {
      try (context) {
        service.close();
      }
    }
  }
}
