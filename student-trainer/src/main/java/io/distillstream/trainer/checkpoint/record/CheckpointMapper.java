package io.distillstream.trainer.checkpoint.record;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.HeldOutScore;
import io.distillstream.avro.HeldOutScores;
import io.distillstream.avro.LabelScore;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.checkpoint.Apart;
import io.distillstream.trainer.checkpoint.ExportedModel;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Between checkpoints and their manifests on the log. */
public final class CheckpointMapper {
  /** A manifest is no place for a vocabulary. */
  private static final int MOST_CLASSES = 1_000;

  private CheckpointMapper() {}

  /** Stands in a manifest until its blobs are sent. */
  private static final BlobRef UNSENT = new BlobRef("", 0L, "", 0, 0, 0L);

  /**
   * The manifest of a checkpoint whose blobs are not sent yet.
   *
   * @param exported what was found out about the student
   */
  public static Checkpoint manifest(
      String model, LabelSpace labels, PendingCheckpoint checkpoint, ExportedModel exported) {
    Lineage lineage = checkpoint.good().lineage();
    return Checkpoint.newBuilder()
        .setModel(model)
        .setVersion(checkpoint.version())
        .setParentVersion(checkpoint.parentVersion())
        .setLabelSpace(labels.fingerprint())
        .setLabels(labels.labels())
        .setState(UNSENT)
        .setOnnx(UNSENT)
        .setOffsets(ranges(checkpoint.from(), lineage.offsets()))
        .setSteps(checkpoint.good().state().progress().steps())
        .setRecordsTrained(lineage.records())
        .setLineageDigest(lineage.digest())
        .setAugmentedSent(lineage.augmented().sent())
        .setAugmentedTrained(lineage.augmented().trained())
        .setSyntheticTrained(lineage.augmented().synthetic())
        .setEventTimes(checkpoint.eventTimes())
        .setLegTimes(checkpoint.legTimes())
        .setTeacherVersions(lineage.teacherVersions())
        .setReplayedTrained(lineage.apart().replayed())
        .setHeldOutRecords(lineage.apart().heldOut())
        .setCorrectedTrained(lineage.apart().corrected())
        .setTraining(progress(checkpoint, exported, labels))
        .setOnnxMaxAbsDifference(exported.maxDifference())
        .setCreatedAt(checkpoint.createdAt())
        .build();
  }

  /** The account that a manifest gives of the records in its student. */
  public static Lineage lineage(Checkpoint manifest) {
    Map<Integer, Long> offsets = new HashMap<>();
    for (OffsetRange range : manifest.getOffsets()) {
      offsets.put(range.getPartition(), range.getToOffset());
    }
    return new Lineage(
        manifest.getVersion(),
        offsets,
        manifest.getRecordsTrained(),
        manifest.getLineageDigest(),
        manifest.getTeacherVersions(),
        new Augmented(
            manifest.getAugmentedSent(),
            manifest.getAugmentedTrained(),
            manifest.getSyntheticTrained()),
        new Apart(
            manifest.getReplayedTrained(),
            manifest.getHeldOutRecords(),
            manifest.getCorrectedTrained()));
  }

  private static List<OffsetRange> ranges(Map<Integer, Long> from, Map<Integer, Long> to) {
    List<OffsetRange> ranges = new ArrayList<>();
    new TreeMap<>(to)
        .forEach(
            (partition, end) ->
                ranges.add(new OffsetRange(partition, from.getOrDefault(partition, end), end)));
    return ranges;
  }

  private static TrainingProgress progress(
      PendingCheckpoint checkpoint, ExportedModel exported, LabelSpace labels) {
    BatchScore score = checkpoint.score();
    return TrainingProgress.newBuilder()
        .setPrequentialAgreement(score.agreement())
        .setPrequentialKl(score.meanKl())
        .setPrequentialAccuracy(number(score.accuracy()))
        .setPrequentialEce(number(score.toTruth().expectedCalibrationError()))
        .setPrequentialTeacherEce(number(score.toTeacher().expectedCalibrationError()))
        .setPrequentialAveraged(averaged(checkpoint))
        .setClassAgreement(classAgreement(score, labels))
        .setPrequentialCrossEntropy(number(checkpoint.meanLoss().crossEntropy()))
        .setDistillation(number(checkpoint.meanLoss().distillation()))
        .setConsistency(consistency(checkpoint.meanLoss()))
        .setLoss(checkpoint.meanLoss().total())
        .setTemperature(checkpoint.settings().temperature())
        .setAlpha(checkpoint.settings().alpha())
        .setLearningRate(checkpoint.settings().learningRate())
        .setHeldOut(heldOut(exported, labels))
        .build();
  }

  /** Null where the average was not scored, or on too few records. */
  private static @Nullable AveragedScore averaged(PendingCheckpoint checkpoint) {
    PairedScore pairs = checkpoint.pairs();
    BatchScore all = checkpoint.score();
    return pairs.isEnough()
        ? new AveragedScore(
            (long) pairs.records(),
            pairs.agreement(all),
            pairs.meanKl(all),
            number(pairs.accuracy(all)))
        : null;
  }

  /** Null where nothing was scored. */
  private static @Nullable HeldOutScores heldOut(ExportedModel exported, LabelSpace labels) {
    if (exported.heldOut().records() == 0) {
      return null;
    }
    return new HeldOutScores(
        heldOut(exported.heldOut(), labels),
        exported.heldOutNewest().records() > 0 ? heldOut(exported.heldOutNewest(), labels) : null);
  }

  private static HeldOutScore heldOut(StratifiedScore score, LabelSpace labels) {
    Map<String, LabelScore> byLabel = new TreeMap<>();
    if (labels.size() <= MOST_CLASSES) {
      score
          .labels()
          .forEach(
              (label, stratum) ->
                  byLabel.put(labels.labels().get(label), labelScore(stratum.score())));
    }
    return new HeldOutScore(
        score.records(),
        score.agreement(),
        score.meanKl(),
        number(score.accuracy()),
        number(score.toTruth().expectedCalibrationError()),
        number(score.toTeacher().expectedCalibrationError()),
        byLabel);
  }

  private static LabelScore labelScore(BatchScore score) {
    return new LabelScore(
        score.records(),
        score.agreement(),
        score.meanKl(),
        number(score.accuracy()),
        number(score.toTruth().expectedCalibrationError()),
        number(score.toTeacher().expectedCalibrationError()));
  }

  /** Null where there is no such term, which else is above 0. */
  private static @Nullable Double consistency(LossParts loss) {
    return loss.consistency() > 0 ? loss.consistency() : null;
  }

  /** Null for what is not known. */
  private static @Nullable Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static Map<String, Double> classAgreement(BatchScore score, LabelSpace labels) {
    Map<String, Double> agreement = new TreeMap<>();
    if (labels.size() <= MOST_CLASSES) {
      score
          .classes()
          .forEach((label, tally) -> agreement.put(labels.labels().get(label), tally.agreement()));
    }
    return agreement;
  }
}
