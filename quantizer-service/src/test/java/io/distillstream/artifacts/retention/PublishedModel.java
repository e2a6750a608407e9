package io.distillstream.artifacts.retention;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.TrainingProgress;
import java.time.Instant;
import java.util.List;

/** Updates whose artifacts have eight chunks, 4 MiB. */
final class PublishedModel {
  private static final int CHUNKS = 8;

  private PublishedModel() {}

  static ModelUpdate update(String channel, long version, long firstOffset, Instant at) {
    return ModelUpdate.newBuilder()
        .setModel("student")
        .setChannel(channel)
        .setVersion(version)
        .setLabelSpace("labels")
        .setArtifact(
            new BlobRef("student/" + channel + "/" + version, 4L << 20, "", CHUNKS, 0, firstOffset))
        .setFormat("onnx")
        .setPrecision("int8-dynamic")
        .setFp32Bytes(16L << 20)
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
        .setRecordsTrained(version)
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setCheckpointCreatedAt(at)
        .setPublishedAt(at)
        .build();
  }

  /** A step of a chain, in one chunk. */
  static ArtifactDelta delta(long firstOffset) {
    return new ArtifactDelta(
        "from", "to", "deflate", new BlobRef("delta", 1L << 18, "", 1, 0, firstOffset), 4L << 20);
  }
}
