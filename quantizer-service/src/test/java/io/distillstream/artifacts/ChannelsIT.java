package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static io.distillstream.artifacts.QuantizerHarness.PATIENCE;
import static io.distillstream.artifacts.QuantizerHarness.eventTimes;
import static io.distillstream.artifacts.QuantizerHarness.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.wire.ConsumerGroups;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One checkpoint, an artifact for each kind of device. */
@ExtendWith(SharedCluster.class)
class ChannelsIT {
  private static final Map<String, String> THREE =
      with(
          LENIENT,
          "quantizer.channels",
          "stable=int8,phones=x86-int8,watches=tiny-int4",
          "quantizer.min-agreement-int4",
          "0.5");

  /** For an undecided student: four bits do not tell what fp32 tells, and no layer may return. */
  private static final Map<String, String> NO_WATCHES =
      with(
          THREE,
          "quantizer.min-agreement",
          "0.8",
          "quantizer.min-agreement-int4",
          "1.0",
          "quantizer.max-fallback-layers",
          "0");

  private final EmbeddedCluster cluster;

  @TempDir private Path folder;
  private QuantizerHarness harness;

  ChannelsIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void installPipeline() {
    harness = new QuantizerHarness(cluster, folder);
  }

  @AfterEach
  void disconnect() {
    harness.close();
  }

  @Test
  void shouldPublishAnArtifactForEachKindOfDevice() throws Exception {
    harness.trainer.sendCheckpoint(1);

    ModelUpdate stable;
    ModelUpdate phones;
    ModelUpdate watches;
    try (QuantizerService service = harness.started(THREE)) {
      stable = harness.awaitUpdates("stable", 1).get(0);
      phones = harness.awaitUpdates("phones", 1).get(0);
      watches = harness.awaitUpdates("watches", 1).get(0);
      assertThat(service.healthy()).isTrue();
    }

    assertThat(harness.updates()).containsExactlyInAnyOrder(stable, phones, watches);
    for (ModelUpdate update : List.of(stable, phones, watches)) {
      assertThat(update.getVersion()).isEqualTo(1);
      assertThat(update.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1));
      OnnxModel artifact = harness.fetch(update);
      harness.assertAnswersItsProbes(artifact, update);
      assertThat(artifact.metadata())
          .containsEntry("distillstream.provenance.quantization-scheme", update.getPrecision());
    }
    assertThat(stable.getPrecision()).isEqualTo("int8-dynamic");
    assertThat(phones.getPrecision()).startsWith("int8-");
    assertThat(watches.getPrecision()).startsWith("int4-weights");
    assertThat(bytes(watches)).isLessThan(bytes(stable));
    assertThat(bytes(stable)).isLessThan(stable.getFp32Bytes() / 3);
    assertThat(groups())
        .contains(group("stable"), group("phones"), group("watches"))
        .filteredOn(group -> group.contains(".quantizer."))
        .hasSize(3);
  }

  @Test
  void shouldNotHoldUpOthersWhereTheGateRefusesOneChannel() throws Exception {
    try (QuantizerService service = harness.started(NO_WATCHES)) {
      for (int version = 1; version <= 2; version++) {
        harness.trainer.sendCheckpoint(version, undecided().bytes());
        harness.awaitUpdates("stable", version);
        harness.awaitUpdates("phones", version);
      }
      Path reasons = folder.resolve("quantizer/rejected-student-watches/reasons.txt");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(reasons)
                      .content()
                      .contains("checkpoint: 2", "agreement", "is below 1.0000"));
      assertThat(service.healthy()).isTrue();
    }
    assertThat(harness.updates("watches")).isEmpty();

    harness.trainer.sendCheckpoint(3);
    try (QuantizerService service = harness.started(THREE)) {
      ModelUpdate watches = harness.awaitUpdates("watches", 1).get(0);
      ModelUpdate stable = harness.awaitUpdates("stable", 3).get(2);

      assertThat(watches.getVersion()).isEqualTo(3);
      assertThat(watches.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1, 2, 3));
      assertThat(stable.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(3));
      assertThat(service.healthy()).isTrue();
    }
  }

  @Test
  void shouldCalibrateOnTheTrafficThatCameSinceTheLastCheckpoint() throws Exception {
    Map<String, String> phones = with(LENIENT, "quantizer.channels", "phones=x86-int8");
    harness.trainer.sendCheckpoint(1);
    try (QuantizerService service = harness.started(phones)) {
      harness.awaitUpdates("phones", 1);
      CalibrationState first = calibration("phones");
      assertThat(first.samples()).isEqualTo(128);

      harness.trainer.sendExamples(40);
      harness.trainer.sendCheckpoint(2);
      harness.awaitUpdates("phones", 2);

      assertThat(service.healthy()).isTrue();
      CalibrationState second = calibration("phones");
      assertThat(second.samples()).isEqualTo(168);
      assertThat(second.tensors()).isEqualTo(first.tensors());
    }
  }

  /** A student whose classes differ by little. */
  private static OnnxModel undecided() {
    OnnxModel student = FakeTrainer.student(2);
    GraphBuilder graph = GraphBuilder.framedLike(student);
    for (String name : student.initializerNames()) {
      Tensor tensor = student.initializer(name).orElseThrow();
      graph.initializer(name.equals("classifier") ? withLikeColumns(tensor) : tensor);
    }
    student.nodes().forEach(graph::node);
    return graph.build(student.metadata());
  }

  private static Tensor withLikeColumns(Tensor matrix) {
    float[] values = matrix.floats();
    int columns = FakeTrainer.LABELS.size();
    for (int i = 0; i < values.length; i++) {
      int first = i - i % columns;
      values[i] = i == first ? values[i] : values[first] + 0.2f * values[i];
    }
    return Tensor.float32(matrix.name(), values, values.length / columns, columns);
  }

  private CalibrationState calibration(String channel) throws Exception {
    Path file = folder.resolve("quantizer/activations-student-" + channel);
    try (InputStream in = Files.newInputStream(file)) {
      return CalibrationState.readFrom(in);
    }
  }

  private static long bytes(ModelUpdate update) {
    return update.getArtifact().getSizeBytes();
  }

  private String group(String channel) {
    return ConsumerGroups.quantizer(harness.context.pipeline(), "student", channel);
  }

  private List<String> groups() throws Exception {
    try (Admin admin = Admin.create(harness.context.cluster().adminProperties())) {
      return admin.listGroups().valid().get().stream()
          .map(GroupListing::groupId)
          .filter(group -> group.startsWith(harness.context.pipeline().name() + "."))
          .toList();
    }
  }
}
