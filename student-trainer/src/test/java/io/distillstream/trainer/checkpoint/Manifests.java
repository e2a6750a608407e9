package io.distillstream.trainer.checkpoint;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DurationCounts;
import io.distillstream.avro.LegTimes;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.wire.payload.DurationHistogram;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Manifests for tests; a state of {@code size} bytes and no model to speak of. */
public final class Manifests {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Of no records. */
  public static final LegTimes NO_LEGS =
      new LegTimes(noDurations(), noDurations(), noDurations(), noDurations());

  private static final String NO_DIGEST = "0".repeat(64);

  private Manifests() {}

  private static DurationCounts noDurations() {
    return new DurationHistogram().toAvro();
  }

  /** Created {@code version} minutes after {@link #START}. */
  public static Checkpoint.Builder of(String model, long version, long firstOffset, long size) {
    return Checkpoint.newBuilder()
        .setModel(model)
        .setVersion(version)
        .setParentVersion(version - 1)
        .setLabelSpace("space")
        .setLabels(List.of("a", "b"))
        .setState(new BlobRef(model + "/" + version, size, NO_DIGEST, 1, 0, firstOffset))
        .setOnnx(new BlobRef(model + "/" + version, 0L, NO_DIGEST, 1, 0, firstOffset + 1))
        .setOffsets(List.of(new OffsetRange(0, 0L, version)))
        .setSteps(version)
        .setRecordsTrained(version)
        .setLineageDigest(0)
        .setEventTimes(new EventTimeHistogram().toAvro())
        .setTeacherVersions(Map.of())
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(1)
                .setPrequentialKl(0)
                .setLoss(0)
                .setTemperature(1)
                .setAlpha(1)
                .setLearningRate(0)
                .build())
        .setOnnxMaxAbsDifference(0)
        .setCreatedAt(START.plusSeconds(60 * version));
  }

  public static Checkpoint restored(Checkpoint.Builder manifest, long from) {
    return manifest
        .setParentVersion(from)
        .setRestored(new Restored(manifest.getVersion() - 1, List.of()))
        .build();
  }
}
