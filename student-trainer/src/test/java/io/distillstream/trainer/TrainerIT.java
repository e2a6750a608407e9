package io.distillstream.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole trainer, a small student, a real broker. */
@ExtendWith(SharedCluster.class)
class TrainerIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  TrainerIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldChainCheckpointsThatCoverEveryRecordOnce() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("chain", embedded, folder)) {
      harness.send(0, 500);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 500);
        assertThat(service.healthy()).isTrue();
      }

      List<Checkpoint> chain = harness.manifests("tiny");
      assertThat(chain).hasSizeGreaterThan(1);
      CheckpointChain.assertJoined(chain, 500);
      Checkpoint newest = chain.get(chain.size() - 1);
      assertThat(newest.getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 500));
      assertThat(chain.stream().mapToLong(TrainerIT::timedRecords).sum()).isEqualTo(500);
      assertThat(newest.getTeacherVersions()).isEqualTo(Map.of("teacher", "v1"));
      assertThat(newest.getOnnxMaxAbsDifference()).isLessThan(1e-4);
      assertThat(newest.getTraining().getPrequentialAgreement())
          .isGreaterThan(chain.get(0).getTraining().getPrequentialAgreement());
    }
  }

  @Test
  void shouldTrainABagOfNgramsAndResumeIt() throws Exception {
    Map<String, String> changes =
        Map.of("trainer.family", "ngram", "trainer.ngram-buckets", "64", "trainer.size", "tiny");
    try (TrainerHarness harness = new TrainerHarness("ngram", embedded, folder)) {
      harness.send(0, 256);
      try (TrainerService service = harness.service("bag", changes)) {
        service.start();
        harness.awaitRecords("bag", 256);
      }
      harness.send(256, 512);
      try (TrainerService service = harness.service("bag", changes)) {
        service.start();
        harness.awaitRecords("bag", 512);
      }

      List<Checkpoint> chain = harness.manifests("bag");
      CheckpointChain.assertJoined(chain, 512);
      Checkpoint newest = chain.get(chain.size() - 1);
      assertThat(newest.getOnnxMaxAbsDifference()).isLessThan(1e-4);
      assertThat(OnnxModel.read(harness.fetch(newest.getOnnx())).nodes())
          .anyMatch(node -> node.getOpType().equals("Mod"));
    }
  }

  @Test
  void shouldPublishAModelThatSaysWhatItIsMadeOf() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("model", embedded, folder)) {
      harness.send(0, 128);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 128);
      }

      Checkpoint newest = harness.newest("tiny");
      ModelMetadata metadata =
          ModelMetadata.fromMap(OnnxModel.read(harness.fetch(newest.getOnnx())).metadata());
      assertThat(metadata.labels()).isEqualTo(MadeUpTraffic.LABELS);
      assertThat(metadata.maxTokens()).isEqualTo(8);
      assertThat(metadata.provenance())
          .containsEntry("pipeline", "model")
          .containsEntry("checkpoint", Long.toString(newest.getVersion()))
          .containsEntry("records-trained", "128")
          .containsEntry("teacher-versions", "teacher:v1");
    }
  }

  @Test
  void shouldContinueFromTheManifestAndNotFromTheGroupsOffsets() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("resume", embedded, folder)) {
      harness.send(0, 200);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 200);
      }
      harness.resetGroup("tiny", 3);
      harness.send(200, 400);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 400);
      }

      CheckpointChain.assertJoined(harness.manifests("tiny"), 400);
      assertThat(harness.newest("tiny").getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 400));
    }
  }

  @Test
  void shouldTakeTheStepsOfAnUndisturbedTrainerAfterACrash() throws Exception {
    // Batches depend on the order alone, so nothing may be trained early.
    Map<String, String> patient = Map.of("trainer.max-batch-wait", "60s");
    try (TrainerHarness harness = new TrainerHarness("crash", embedded, folder)) {
      harness.sendInOrder(0, 640);
      try (TrainerService undisturbed = harness.service("undisturbed", patient)) {
        undisturbed.start();
        harness.awaitRecords("undisturbed", 640);
      }

      try (TrainerService crashing =
          new TrainerService(
              harness.settings("crashed", patient),
              harness.context,
              new CrashingClients(harness.cluster, harness.pipeline, "crashed", 3))) {
        crashing.start();
        await().atMost(DEADLINE).until(() -> !crashing.healthy());
      }
      assertThat(harness.manifests("crashed")).hasSize(1);
      assertThat(harness.committed(Topics.CHECKPOINT_BLOBS.in(harness.pipeline)))
          .extracting(ConsumerRecord::key)
          .contains("crashed/1/state", "crashed/1/onnx")
          .doesNotContain("crashed/2/state", "crashed/2/onnx");

      try (TrainerService restarted = harness.service("crashed", patient)) {
        restarted.start();
        harness.awaitRecords("crashed", 640);
      }

      CheckpointChain.assertJoined(harness.manifests("crashed"), 640);
      Checkpoint recovered = harness.newest("crashed");
      assertThat(recovered.getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 640));
      GoodState expected = harness.state(harness.newest("undisturbed"));
      GoodState actual = harness.state(recovered);
      assertThat(actual.state().progress()).isEqualTo(expected.state().progress());
      assertThat(actual.state().weights()).isEqualTo(expected.state().weights());
      assertThat(actual.state().firstMoments()).isEqualTo(expected.state().firstMoments());
      assertThat(actual.state().secondMoments()).isEqualTo(expected.state().secondMoments());
    }
  }

  @Test
  void shouldShowHardExamplesWithTheirCheckpointAndOnce() throws Exception {
    Map<String, String> changes =
        Map.of(
            "trainer.max-batch-wait", "60s",
            "trainer.augmentation.max-share", "0.1",
            "trainer.augmentation.start-records", "0");
    try (TrainerHarness harness = new TrainerHarness("hard", embedded, folder)) {
      harness.sendInOrder(0, 640);
      try (TrainerService crashing =
          new TrainerService(
              harness.settings("hard", changes),
              harness.context,
              new CrashingClients(harness.cluster, harness.pipeline, "hard", 3))) {
        crashing.start();
        await().atMost(DEADLINE).until(() -> !crashing.healthy());
      }
      List<InferenceRequest> first = harness.requests();
      assertThat(first)
          .isNotEmpty()
          .allSatisfy(
              request -> {
                assertThat(request.getIngress()).isEqualTo(Ingress.LOG);
                Augmentation mark = requireNonNull(request.getAugmentation());
                assertThat(mark.getKind()).isEqualTo(AugmentationKind.WORD_SUBSTITUTION);
                assertThat(mark.getModel()).isEqualTo("hard");
                assertThat(mark.getVersion()).isEqualTo(1);
                assertThat(request.getRequestId()).startsWith(mark.getSourceRequestId() + "~hard~");
              });

      try (TrainerService restarted = harness.service("hard", changes)) {
        restarted.start();
        harness.awaitRecords("hard", 640);
      }

      List<InferenceRequest> all = harness.requests();
      assertThat(all).containsAll(first);
      assertThat(all).extracting(InferenceRequest::getRequestId).doesNotHaveDuplicates();
      assertThat(harness.newest("hard").getAugmentedSent())
          .isEqualTo(all.size())
          .isBetween(50L, 64L);
    }
  }

  @Test
  void shouldSendRecordsItCannotUseToTheDeadLettersOnceAndGoOn() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("poison", embedded, folder)) {
      TrainingExample foreign =
          TrainingExample.newBuilder(MadeUpTraffic.example(1_000)).setLabelSpace("other").build();
      harness.sendInOrder(0, 50);
      harness.sendRaw("poison", new byte[] {1, 2, 3});
      harness.sendRaw("foreign", harness.encode(foreign));
      harness.sendInOrder(50, 100);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 100);
        // These follow no trained record, so no checkpoint takes them along.
        harness.sendRaw("late", new byte[] {4, 5, 6});
        await().atMost(DEADLINE).until(() -> harness.deadLetters().size() == 3);
      }
      long published = harness.newest("tiny").getVersion();
      harness.sendInOrder(100, 150);
      try (TrainerService service = harness.service("tiny", Map.of())) {
        service.start();
        harness.awaitRecords("tiny", 150);
      }

      CheckpointChain.assertJoined(harness.manifests("tiny"), 150);
      assertThat(harness.newest("tiny").getParentVersion()).isGreaterThanOrEqualTo(published);
      assertThat(harness.newest("tiny").getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, 150));
      List<ConsumerRecord<String, byte[]>> letters = harness.deadLetters();
      assertThat(letters)
          .extracting(ConsumerRecord::key)
          .containsExactly("poison", "foreign", "late");
      assertThat(header(letters.get(0), DeadLetters.OFFSET)).isEqualTo("50");
      assertThat(header(letters.get(1), DeadLetters.ERROR)).contains("label space other");
      assertThat(letters.get(2).value()).containsExactly(4, 5, 6);
    }
  }

  @Test
  void shouldLeaveNoLagBehindTheMarksOfTransactions() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("lag", embedded, folder)) {
      harness.sendInTransaction(0, 40);
      try (TrainerService service = harness.service("tiny", Map.of("trainer.batch-size", "40"))) {
        service.start();
        harness.awaitRecords("tiny", 40);
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(harness.lag("tiny")).isZero());
      }
      assertThat(harness.newest("tiny").getVersion()).isEqualTo(1);
    }
  }

  private static long timedRecords(Checkpoint checkpoint) {
    return EventTimeHistogram.from(checkpoint.getEventTimes()).records();
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
