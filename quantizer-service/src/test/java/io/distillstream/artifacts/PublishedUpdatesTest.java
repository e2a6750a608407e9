package io.distillstream.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PublishedUpdatesTest {

  @Test
  void shouldBeTheLastPublished() {
    PublishedUpdates published = new PublishedUpdates(9);
    published.add(update(7), 0);
    published.add(update(9), 1);

    assertThat(published.newest()).map(ModelUpdate::getVersion).hasValue(9L);
  }

  @Test
  void shouldLeaveOutAVersionThatNoCheckpointHasReached() {
    PublishedUpdates published = new PublishedUpdates(7);
    published.add(update(7), 0);
    published.add(update(8), 1);

    assertThat(published.newest()).map(ModelUpdate::getVersion).hasValue(7L);
  }

  @Test
  void shouldLeaveOutEveryUpdateWhereThereIsNoCheckpoint() {
    PublishedUpdates published = new PublishedUpdates(0);
    published.add(update(1), 0);

    assertThat(published.newest()).isEmpty();
  }

  @Test
  void shouldNotTakeAForgedCheckpointForTheNewest() {
    CommittedVersion trained = new CommittedVersion(OptionalLong.of(8));

    assertThat(PublishedUpdates.newestCheckpoint(List.of(7L, 8L, 1L << 40), trained)).isEqualTo(8);
    assertThat(PublishedUpdates.newestCheckpoint(List.of(1L << 40), trained)).isZero();
  }

  @Test
  void shouldGoByTheHighestCheckpointWhereTheTrainersIsUnknown() {
    assertThat(PublishedUpdates.newestCheckpoint(List.of(9L, 7L), CommittedVersion.UNKNOWN))
        .isEqualTo(9);
    assertThat(PublishedUpdates.newestCheckpoint(List.of(), CommittedVersion.UNKNOWN)).isZero();
  }

  private static ModelUpdate update(long version) {
    return ModelUpdate.newBuilder()
        .setModel("student")
        .setChannel("stable")
        .setVersion(version)
        .setLabelSpace("cafe")
        .setArtifact(new BlobRef("student/stable/" + version, 1L, "0".repeat(64), 1, 0, 0L))
        .setFormat("onnx")
        .setPrecision("int8")
        .setFp32Bytes(4L)
        .setQuality(new GateResult(100, 1.0, 0.0, 1.0))
        .setProbe(List.of())
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(0.7)
                .setPrequentialKl(0.5)
                .setLoss(1.2)
                .setTemperature(2.0)
                .setAlpha(0.9)
                .setLearningRate(1e-3)
                .build())
        .setRecordsTrained(version * 100)
        .setEventTimes(new EventTimeHistogram().toAvro())
        .setCheckpointCreatedAt(Instant.ofEpochSecond(version))
        .setPublishedAt(Instant.ofEpochSecond(version))
        .build();
  }
}
