package io.distillstream.trainer;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.model.LabelSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Between checkpoints and their manifests on the log. */
final class CheckpointMapper {
  private CheckpointMapper() {}

  /**
   * The manifest of a checkpoint.
   *
   * @param state where the resumable state lies
   * @param onnx where the deployable model lies
   * @param maxDifference between the engine's logits and the exported model's
   */
  static Checkpoint manifest(
      String model,
      LabelSpace labels,
      PendingCheckpoint checkpoint,
      BlobRef state,
      BlobRef onnx,
      double maxDifference) {
    Lineage lineage = checkpoint.good().lineage();
    return Checkpoint.newBuilder()
        .setModel(model)
        .setVersion(checkpoint.version())
        .setParentVersion(checkpoint.parentVersion())
        .setLabelSpace(labels.fingerprint())
        .setLabels(labels.labels())
        .setState(state)
        .setOnnx(onnx)
        .setOffsets(ranges(checkpoint.from(), lineage.offsets()))
        .setSteps(checkpoint.good().state().progress().steps())
        .setRecordsTrained(lineage.records())
        .setLineageDigest(lineage.digest())
        .setEventTimes(checkpoint.eventTimes())
        .setTeacherVersions(lineage.teacherVersions())
        .setTraining(progress(checkpoint))
        .setOnnxMaxAbsDifference(maxDifference)
        .setCreatedAt(checkpoint.createdAt())
        .build();
  }

  /** The account that a manifest gives of the records in its student. */
  static Lineage lineage(Checkpoint manifest) {
    Map<Integer, Long> offsets = new HashMap<>();
    for (OffsetRange range : manifest.getOffsets()) {
      offsets.put(range.getPartition(), range.getToOffset());
    }
    return new Lineage(
        manifest.getVersion(),
        offsets,
        manifest.getRecordsTrained(),
        manifest.getLineageDigest(),
        manifest.getTeacherVersions());
  }

  private static List<OffsetRange> ranges(Map<Integer, Long> from, Map<Integer, Long> to) {
    List<OffsetRange> ranges = new ArrayList<>();
    new TreeMap<>(to)
        .forEach(
            (partition, end) ->
                ranges.add(new OffsetRange(partition, from.getOrDefault(partition, end), end)));
    return ranges;
  }

  private static TrainingProgress progress(PendingCheckpoint checkpoint) {
    return TrainingProgress.newBuilder()
        .setPrequentialAgreement(checkpoint.score().agreement())
        .setPrequentialKl(checkpoint.score().meanKl())
        .setPrequentialAccuracy(
            checkpoint.score().truthKnown() == 0 ? null : checkpoint.score().accuracy())
        .setLoss(checkpoint.meanLoss())
        .setTemperature(checkpoint.settings().temperature())
        .setAlpha(checkpoint.settings().alpha())
        .setLearningRate(checkpoint.settings().learningRate())
        .build();
  }
}
