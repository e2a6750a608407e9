package io.distillstream.monitor.view;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.HeldOutScore;
import io.distillstream.avro.HeldOutScores;
import io.distillstream.avro.LabelScore;
import io.distillstream.avro.TrainingProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a student is doing: its newest checkpoint, and the curves over all of them. */
final class TrainingView {

  private static final int MAX_POINTS = 1_024;

  /** The columns of the trace, in this order; what a checkpoint does not tell is NaN there. */
  private enum Curve {
    RECORDS,
    AGREEMENT,
    KL,
    ACCURACY,
    LOSS,
    TEMPERATURE,
    ALPHA,
    AVERAGED_AGREEMENT,
    AVERAGED_KL,
    HELD_OUT_AGREEMENT,
    HELD_OUT_KL,
    HELD_OUT_NEWEST_AGREEMENT,
    HELD_OUT_NEWEST_KL
  }

  private static final List<Curve> CURVES = List.of(Curve.values());

  private final Trace trace = new Trace(CURVES.size(), MAX_POINTS);
  private @Nullable Checkpoint newest;
  private long firstVersion;

  /** Takes a checkpoint, unless it tells nothing new. */
  boolean checkpoint(Checkpoint next) {
    // Nothing new is in a checkpoint that was sent again, unless its original is gone.
    if (next.getCopy() && newest != null) {
      return false;
    }
    newest = next;
    TrainingProgress progress = next.getTraining();
    AveragedScore averaged = progress.getPrequentialAveraged();
    HeldOutScores heldOut = progress.getHeldOut();
    HeldOutScore heldOutPublished = heldOut == null ? null : heldOut.getPublished();
    HeldOutScore heldOutNewest = heldOut == null ? null : heldOut.getNewest();
    boolean afresh =
        trace.add(
            (double) next.getRecordsTrained(),
            progress.getPrequentialAgreement(),
            progress.getPrequentialKl(),
            orNaN(progress.getPrequentialAccuracy()),
            progress.getLoss(),
            progress.getTemperature(),
            progress.getAlpha(),
            averaged == null ? Double.NaN : averaged.getAgreement(),
            averaged == null ? Double.NaN : averaged.getKl(),
            heldOutPublished == null ? Double.NaN : heldOutPublished.getAgreement(),
            heldOutPublished == null ? Double.NaN : heldOutPublished.getKl(),
            heldOutNewest == null ? Double.NaN : heldOutNewest.getAgreement(),
            heldOutNewest == null ? Double.NaN : heldOutNewest.getKl());
    if (afresh) {
      firstVersion = next.getVersion();
    }
    return true;
  }

  /** The version with which the curves begin; 0 before the first. */
  long firstVersion() {
    return firstVersion;
  }

  /** The version with which the curves end; 0 before the first. */
  long newestVersion() {
    return newest == null ? 0 : newest.getVersion();
  }

  /** What the trainer says now, or else its newest checkpoint. */
  Status.Training status(StageView trainer, Instant now) {
    Checkpoint last = newest;
    TrainingProgress progress = last == null ? null : last.getTraining();
    AveragedScore averaged = progress == null ? null : progress.getPrequentialAveraged();
    return new Status.Training(
        last == null ? null : last.getVersion(),
        last == null ? null : last.getRecordsTrained(),
        last == null ? null : last.getReplayedTrained(),
        last == null ? null : last.getHeldOutRecords(),
        last == null ? null : last.getCreatedAt().toString(),
        heldOut(progress == null ? null : progress.getHeldOut()),
        first(
            trainer.gauge("prequential_agreement", now),
            progress == null ? null : progress.getPrequentialAgreement()),
        first(
            trainer.gauge("prequential_kl", now),
            progress == null ? null : progress.getPrequentialKl()),
        first(
            trainer.gauge("prequential_averaged_agreement", now),
            averaged == null ? null : averaged.getAgreement()),
        first(
            trainer.gauge("prequential_averaged_kl", now),
            averaged == null ? null : averaged.getKl()),
        first(trainer.gauge("loss", now), progress == null ? null : progress.getLoss()),
        first(
            trainer.gauge("temperature", now), progress == null ? null : progress.getTemperature()),
        first(trainer.gauge("alpha", now), progress == null ? null : progress.getAlpha()),
        first(
            trainer.gauge("learning_rate", now),
            progress == null ? null : progress.getLearningRate()));
  }

  private static Status.@Nullable HeldOut heldOut(@Nullable HeldOutScores scores) {
    if (scores == null) {
      return null;
    }
    HeldOutScore newest = scores.getNewest();
    Map<String, Status.HeldOutScore> labels = new TreeMap<>();
    scores.getPublished().getLabels().forEach((label, score) -> labels.put(label, score(score)));
    return new Status.HeldOut(
        score(scores.getPublished()), newest == null ? null : score(newest), labels);
  }

  private static Status.HeldOutScore score(HeldOutScore score) {
    return new Status.HeldOutScore(
        score.getRecords(),
        score.getAgreement(),
        score.getKl(),
        score.getAccuracy(),
        score.getEce(),
        score.getTeacherEce());
  }

  private static Status.HeldOutScore score(LabelScore score) {
    return new Status.HeldOutScore(
        score.getRecords(),
        score.getAgreement(),
        score.getKl(),
        score.getAccuracy(),
        score.getEce(),
        score.getTeacherEce());
  }

  History.TrainingSeries history() {
    return new History.TrainingSeries(
        column(Curve.RECORDS),
        column(Curve.AGREEMENT),
        column(Curve.KL),
        known(Curve.ACCURACY),
        column(Curve.LOSS),
        column(Curve.TEMPERATURE),
        column(Curve.ALPHA),
        known(Curve.AVERAGED_AGREEMENT),
        known(Curve.AVERAGED_KL),
        known(Curve.HELD_OUT_AGREEMENT),
        known(Curve.HELD_OUT_KL),
        known(Curve.HELD_OUT_NEWEST_AGREEMENT),
        known(Curve.HELD_OUT_NEWEST_KL));
  }

  private List<Double> column(Curve curve) {
    return trace.column(CURVES.indexOf(curve));
  }

  private List<@Nullable Double> known(Curve curve) {
    return column(curve).stream().<@Nullable Double>map(v -> v.isNaN() ? null : v).toList();
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  private static @Nullable Double first(@Nullable Double live, @Nullable Double recorded) {
    return live == null ? recorded : live;
  }
}
