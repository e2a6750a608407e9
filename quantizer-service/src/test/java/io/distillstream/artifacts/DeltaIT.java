package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.delta.ModelDelta;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an update says of those before it. Checkpoints differ in their provenance alone. */
@ExtendWith(SharedCluster.class)
class DeltaIT {
  private static final Map<String, String> SETTINGS =
      QuantizerHarness.with(LENIENT, "quantizer.delta.chain", "2");

  private final EmbeddedCluster cluster;

  @TempDir Path folder;
  private QuantizerHarness harness;

  DeltaIT(EmbeddedCluster cluster) {
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
  void shouldNameDeltasThatMakeEachArtifactOfTheOneBefore() throws Exception {
    List<ModelUpdate> updates;
    try (QuantizerService service = harness.started(SETTINGS)) {
      publish(1, 1);
      publish(2, 2);
      updates = publish(3, 3);
      assertThat(service.healthy()).isTrue();
    }
    assertThat(updates.get(0).getDeltas()).isEmpty();
    assertThat(updates.get(1).getDeltas()).hasSize(1);
    assertThat(updates.get(2).getDeltas()).hasSize(2);
    assertMakes(updates.get(0), updates.get(1));
    assertMakes(updates.get(1), updates.get(2));

    // Another process, whose folder does not have what devices run.
    Files.delete(folder.resolve("quantizer/incumbent-student-stable.onnx"));
    try (QuantizerService service = harness.started(SETTINGS)) {
      updates = publish(4, 4);
      assertThat(service.healthy()).isTrue();
    }
    assertThat(updates.get(3).getDeltas()).hasSize(2).startsWith(last(updates.get(2)));
    assertMakes(updates.get(2), updates.get(3));
  }

  @Test
  void shouldPublishArtifactsAloneWhereAsked() throws Exception {
    try (QuantizerService service =
        harness.started(QuantizerHarness.with(LENIENT, "quantizer.delta.chain", "0"))) {
      publish(1, 1);
      List<ModelUpdate> updates = publish(2, 2);

      assertThat(updates).allSatisfy(update -> assertThat(update.getDeltas()).isEmpty());
      assertThat(service.healthy()).isTrue();
    }
  }

  /** Waits until it is published, so that none is passed over. */
  private List<ModelUpdate> publish(long version, int count) {
    OnnxModel student = FakeTrainer.student(1);
    Map<String, String> metadata = new TreeMap<>(student.metadata());
    metadata.put("distillstream.provenance.checkpoint", Long.toString(version));
    harness.trainer.sendCheckpoint(version, student.withMetadata(metadata).bytes());
    return harness.awaitUpdates("stable", count);
  }

  private void assertMakes(ModelUpdate before, ModelUpdate after) throws Exception {
    ArtifactDelta delta = last(after);
    assertThat(delta.getFromSha256()).isEqualTo(before.getArtifact().getSha256());
    assertThat(delta.getToSha256()).isEqualTo(after.getArtifact().getSha256());
    assertThat(delta.getResultBytes()).isEqualTo(after.getArtifact().getSizeBytes());
    assertThat(delta.getBlob().getSizeBytes()).isLessThan(after.getArtifact().getSizeBytes() / 100);
    Path made = folder.resolve("made.onnx");
    ModelDelta.apply(
        fetched(before.getArtifact(), "before"),
        fetched(delta.getBlob(), "delta"),
        made,
        delta.getResultBytes());
    try (InputStream in = Files.newInputStream(made)) {
      assertThat(Sha256.hex(in)).isEqualTo(after.getArtifact().getSha256());
    }
  }

  private static ArtifactDelta last(ModelUpdate update) {
    return update.getDeltas().get(update.getDeltas().size() - 1);
  }

  private Path fetched(BlobRef blob, String name) throws Exception {
    Path file = folder.resolve(name);
    new BlobReader(
            harness.context.cluster(),
            harness.context.wire().codec(Topics.MODEL_BLOBS, harness.context.pipeline()))
        .fetch(blob, file);
    return file;
  }
}
