package io.distillstream.artifacts.signing;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.time.Instant;
import java.util.List;

/** Updates before they are signed. */
public final class SignableUpdates {

  private SignableUpdates() {}

  public static ModelUpdate update(long version) {
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
        .setEventTimes(new EventTimeHistogram().toAvro())
        .setCheckpointCreatedAt(Instant.ofEpochSecond(version))
        .setPublishedAt(Instant.ofEpochSecond(version))
        .build();
  }
}
