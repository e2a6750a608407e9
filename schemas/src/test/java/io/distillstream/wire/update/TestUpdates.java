package io.distillstream.wire.update;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.avro.TrainingProgress;
import java.time.Instant;
import java.util.List;

/** Updates of which a test says only what it is about. */
public final class TestUpdates {

  private TestUpdates() {}

  /** Published at second {@code version}, of an artifact of one byte, without event times. */
  public static ModelUpdate.Builder update(String model, String channel, long version) {
    return ModelUpdate.newBuilder()
        .setModel(model)
        .setChannel(channel)
        .setVersion(version)
        .setLabelSpace("cafe")
        .setArtifact(
            new BlobRef(model + "/" + channel + "/" + version, 1L, "0".repeat(64), 1, 0, 0L))
        .setFormat("onnx")
        .setPrecision("int8-dynamic")
        .setFp32Bytes(4)
        .setQuality(new GateResult(100, 1.0, 0.0, 1.0))
        .setProbe(List.of(new Probe(new Input("a dog"), List.of(1f, 2f))))
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
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setCheckpointCreatedAt(Instant.ofEpochSecond(version))
        .setPublishedAt(Instant.ofEpochSecond(version));
  }
}
