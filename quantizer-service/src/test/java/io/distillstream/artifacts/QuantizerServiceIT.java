package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static io.distillstream.artifacts.QuantizerHarness.PATIENCE;
import static io.distillstream.artifacts.QuantizerHarness.eventTimes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Topics;
import io.distillstream.wire.scan.TopicScan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is published of which checkpoints, and what is not. */
@ExtendWith(SharedCluster.class)
class QuantizerServiceIT {
  private static final Map<String, String> IMPOSSIBLE =
      QuantizerHarness.with(LENIENT, "quantizer.max-size-ratio", "0.05");

  private final EmbeddedCluster cluster;

  @TempDir Path folder;
  private QuantizerHarness harness;
  private ServiceContext context;
  private FakeTrainer trainer;

  QuantizerServiceIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void installPipeline() {
    harness = new QuantizerHarness(cluster, folder);
    context = harness.context;
    trainer = harness.trainer;
  }

  @AfterEach
  void disconnect() {
    harness.close();
  }

  @Test
  void shouldPublishASelfContainedArtifactOfAboutAQuarter() throws Exception {
    Checkpoint checkpoint = trainer.sendCheckpoint(1);

    ModelUpdate update;
    try (QuantizerService service = started(LENIENT)) {
      update = awaitUpdates(1).get(0);
      assertThat(service.healthy()).isTrue();
    }

    assertThat(update.getModel() + "/" + update.getChannel()).isEqualTo("student/stable");
    assertThat(update.getVersion()).isEqualTo(1);
    assertThat(update.getPrecision()).isEqualTo("int8-dynamic");
    assertThat(update.getLabelSpace()).isEqualTo(FakeTrainer.LABELS.fingerprint());
    assertThat(update.getTraining()).isEqualTo(checkpoint.getTraining());
    assertThat(update.getRecordsTrained()).isEqualTo(320);
    assertThat(update.getEventTimes()).isEqualTo(checkpoint.getEventTimes());
    assertThat(update.getQuantizedAt())
        .isBetween(update.getCheckpointCreatedAt(), update.getPublishedAt());
    assertThat(update.getFp32Bytes()).isEqualTo(checkpoint.getOnnx().getSizeBytes());
    assertThat(update.getQuality().getSamples()).isEqualTo(100);
    assertThat(update.getQuality().getAgreement()).isGreaterThanOrEqualTo(0.9);
    assertThat((double) update.getArtifact().getSizeBytes() / update.getFp32Bytes())
        .isLessThan(0.30);

    OnnxModel artifact = harness.fetch(update);
    assertThat(artifact.metadata()).containsAllEntriesOf(FakeTrainer.METADATA.toMap());
    assertThat(artifact.metadata())
        .containsEntry(
            "distillstream.provenance.quantization-source-sha256", checkpoint.getOnnx().getSha256())
        .doesNotContainKey(SquaredGradients.KEY);
    assertThat(update.getProbe()).hasSize(3);
    assertThat(update.getManifest()).as("signed without a key").isNull();
    assertThat(update.getTargetsMetadata()).isNull();
    harness.assertAnswersItsProbes(artifact, update);
  }

  @Test
  void shouldSkipToTheNewestCheckpointAndCarryTheEventTimesOfAll() throws Exception {
    LongStream.rangeClosed(1, 3).forEach(trainer::sendCheckpoint);

    try (QuantizerService service = started(LENIENT)) {
      ModelUpdate update = awaitUpdates(1).get(0);

      assertThat(update.getVersion()).isEqualTo(3);
      assertThat(update.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1, 2, 3));
      assertThat(service.name()).isEqualTo("quantizer");
    }
    assertThat(harness.updates()).hasSize(1);
  }

  @Test
  void shouldPublishNothingThatTheGateRefusesAndOweItsEventTimesOverARestart() throws Exception {
    try (QuantizerService service = started(IMPOSSIBLE)) {
      trainer.sendCheckpoint(1);
      awaitCommitted("owed-from=0");
      assertThat(service.healthy()).isTrue();
    }
    assertThat(harness.updates()).isEmpty();
    Path rejected = folder.resolve("quantizer").resolve("rejected-student-stable");
    assertThat(rejected.resolve("reasons.txt"))
        .content()
        .contains("checkpoint: 1", "size ratio 0.2");
    assertThat(OnnxModel.read(rejected.resolve("candidate.onnx")).nodes()).isNotEmpty();

    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      trainer.sendCheckpoint(2);

      ModelUpdate update = awaitUpdates(1).get(0);
      assertThat(update.getVersion()).isEqualTo(2);
      assertThat(update.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1, 2));
    }
  }

  @Test
  void shouldGoOnAfterDamageAndGarbage() throws Exception {
    try (QuantizerService service = started(LENIENT)) {
      trainer.sendGarbage();
      ConsumerRecord<String, byte[]> deadLetter = awaitDeadLetter();
      assertThat(deadLetter.value()).containsExactly(1, 2, 3);
      assertThat(header(deadLetter, DeadLetters.TOPIC))
          .isEqualTo(Topics.CHECKPOINTS.in(context.pipeline()));
      assertThat(header(deadLetter, DeadLetters.OFFSET)).isEqualTo("0");

      trainer.sendDamagedCheckpoint(1);
      awaitUnusable(1);
      trainer.sendCheckpoint(2, "no model".getBytes(StandardCharsets.UTF_8));
      awaitUnusable(2);
      trainer.sendCheckpoint(3);

      ModelUpdate update = awaitUpdates(1).get(0);
      assertThat(update.getVersion()).isEqualTo(3);
      assertThat(update.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1, 2, 3));
      assertThat(service.healthy()).isTrue();
    }
  }

  private QuantizerService started(Map<String, String> values) {
    return harness.started(values);
  }

  private List<ModelUpdate> awaitUpdates(int count) {
    return harness.awaitUpdates("stable", count);
  }

  private void awaitUnusable(int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> context.stage("quantizer").count("checkpoints_unusable") >= count);
  }

  /** Waits until the service has settled something, and what its offsets say must be this. */
  private void awaitCommitted(String metadata) {
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  admin
                      .listConsumerGroupOffsets(group())
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .values()
                      .stream()
                      .map(OffsetAndMetadata::metadata)
                      .toList(),
              List.of(metadata)::equals);
    }
  }

  private ConsumerRecord<String, byte[]> awaitDeadLetter() {
    List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (TopicScan scan = new TopicScan(context.cluster())) {
                scan.read(scan.last(context.pipeline().deadLetters(), 10), letters::add);
              }
              return !letters.isEmpty();
            });
    return letters.get(0);
  }

  private String group() {
    return ConsumerGroups.quantizer(context.pipeline(), "student", "stable");
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
