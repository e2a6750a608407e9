package io.distillstream.trainer.loop;

import io.distillstream.runtime.StageMetrics;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.schedule.StepSettings;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the trainer says of itself. Agreement, KL, accuracy and loss are over the last 1,000 records
 * of live traffic or so, each scored before it was learned; unlike a checkpoint's, they do not
 * start over with it. They are of the newest weights; the averaged ones beside them are estimated
 * from the last 1,000 records or so that both were scored on, and unknown below 200 of them.
 */
public final class TrainingMetrics implements TrainingListener {
  private static final Logger log = LoggerFactory.getLogger(TrainingMetrics.class);

  private static final int WINDOW_RECORDS = 1_000;
  private static final int LEAST_CLASS_RECORDS = 20;

  private final StageMetrics stage;
  private final Counter trained;
  private final Counter augmented;
  private final Counter corrected;
  private final Counter agreed;
  private final Counter leftOut;
  private final Counter replayed;
  private final Counter heldOut;
  private final Counter refused;
  private final Counter checkpoints;
  private final Counter rollbacks;
  private final Counter drifts;
  private final PrequentialWindow window = new PrequentialWindow(WINDOW_RECORDS);
  private final PairedWindow pairedWindow = new PairedWindow();

  private volatile BatchScore score = BatchScore.NONE;
  private volatile PairedScore pairs = PairedScore.NONE;
  private volatile LossParts loss = LossParts.ZERO.times(Double.NaN);
  private volatile double temperature = Double.NaN;
  private volatile double alpha = Double.NaN;
  private volatile double learningRate = Double.NaN;
  private volatile PruningLevel pruning = new PruningLevel(0, 0, 0, 0, 0);
  private volatile long version;
  private volatile long lineageRecords;
  private volatile Augmented lineageAugmented = Augmented.NONE;

  public TrainingMetrics(StageMetrics stage) {
    this.stage = stage;
    trained = stage.counter("records_trained", "Records trained on.");
    augmented =
        stage.counter(
            "records_augmented", "Hard examples and synthetic texts among the records trained on.");
    corrected =
        stage.counter(
            "records_corrected",
            "Examples learned from with a true label that came after they were joined.");
    agreed =
        stage.counter(
            "records_agreed",
            "Requests passed over since their teachers agree and trainer.agreement.share leaves them"
                + " out.");
    leftOut =
        stage.counter(
            "augmented_left_out", "Hard examples beyond their share, which are not trained on.");
    replayed =
        stage.counter(
            "records_replayed", "Remembered examples learned again, each time counted anew.");
    heldOut = stage.counter("records_held_out", "Requests held out: scored on and never learned.");
    refused = stage.deadLetters();
    checkpoints = stage.counter("checkpoints", "Checkpoints published.");
    rollbacks =
        stage.counter("rollbacks", "Returns to the last good checkpoint after a divergence.");
    drifts = stage.counter("drifts", "Drifts detected in the traffic.");
    stage.gauge(
        "prequential_agreement",
        "Share of records, scored before they were learned, on which student and teacher agree.",
        () -> score.agreement());
    stage.gauge(
        "prequential_kl",
        "Mean KL divergence of the student from the teacher, in nats, scored before learning.",
        () -> score.meanKl());
    stage.gauge(
        "prequential_accuracy",
        "Share of records with ground truth that the student got right before learning them.",
        () -> score.accuracy());
    stage.gauge(
        "prequential_averaged_agreement",
        "Agreement of the averaged weights, scored before learning.",
        () -> averaged(PairedScore::agreement));
    stage.gauge(
        "prequential_averaged_kl",
        "Mean KL divergence of the averaged weights, in nats, scored before learning.",
        () -> averaged(PairedScore::meanKl));
    stage.gauge(
        "prequential_averaged_accuracy",
        "Accuracy of the averaged weights, scored before learning.",
        () -> averaged(PairedScore::accuracy));
    stage.gauge(
        "prequential_ece",
        "Expected calibration error of the student against the ground truth, 0 to 1.",
        () -> score.toTruth().expectedCalibrationError());
    stage.gauge(
        "prequential_teacher_ece",
        "Expected calibration error of the student against the teacher's answers, 0 to 1.",
        () -> score.toTeacher().expectedCalibrationError());
    stage.gauge(
        "worst_class_agreement",
        "Agreement on the class on which it is lowest.",
        () -> worstClass(score));
    stage.gauge(
        "prequential_cross_entropy",
        "Mean cross-entropy against the ground truth, or the teacher's answer, in nats.",
        () -> loss.crossEntropy());
    stage.gauge("loss", "Weighted sum of the loss terms, in nats per record.", () -> loss.total());
    stage.gauge(
        "loss_distillation",
        "Distillation term of the loss, unweighted, in nats per record.",
        () -> loss.distillation());
    stage.gauge(
        "loss_embedding",
        "Distance from the teacher's embeddings, unweighted.",
        () -> loss.embedding());
    stage.gauge(
        "loss_consistency",
        "Consistency term of the loss, unweighted, in nats per record.",
        () -> loss.consistency());
    stage.gauge("temperature", "Softmax temperature of the distillation term.", () -> temperature);
    stage.gauge("alpha", "Weight of the distillation term in the loss, 0 to 1.", () -> alpha);
    stage.gauge("learning_rate", "Learning rate of the last step.", () -> learningRate);
    stage.gauge(
        "sparsity", "Share of the prunable weights that are pruned.", () -> pruning.sparsity());
    stage.gauge(
        "units_removed_ratio",
        "Share of the blocks' parameters removed with their heads and neurons.",
        () -> pruning.unitsRemoved());
    stage.gauge(
        "rows_removed_ratio",
        "Share of the word table's rows removed.",
        () -> pruning.rowsRemoved());
    stage.gauge(
        "parameters",
        "Parameters of the student, pruned ones included.",
        () -> pruning.parameters());
    stage.gauge("parameters_pruned", "Single weights that are pruned.", () -> pruning.pruned());
    stage.gauge("student_version", "Version of the newest checkpoint.", () -> version);
    stage.gauge(
        "lineage_records",
        "Records that the newest checkpoint has learned from.",
        () -> lineageRecords);
    stage.gauge(
        "lineage_augmented_sent",
        "Hard examples sent to the teacher up to the newest checkpoint.",
        () -> lineageAugmented.sent());
    stage.gauge(
        "lineage_augmented_trained",
        "Hard examples trained on up to the newest checkpoint.",
        () -> lineageAugmented.trained());
    stage.gauge(
        "lineage_synthetic_trained",
        "Synthetic texts trained on up to the newest checkpoint.",
        () -> lineageAugmented.synthetic());
  }

  @Override
  public void resumed(Lineage lineage) {
    pairedWindow.clear();
    pairs = PairedScore.NONE;
    version = lineage.version();
    lineageRecords = lineage.records();
    lineageAugmented = lineage.augmented();
  }

  @Override
  public void trained(int records, StepResult result, StepSettings settings) {
    window.add(result);
    score = window.score();
    loss = window.meanLoss();
    temperature = settings.temperature();
    alpha = settings.alpha();
    learningRate = settings.learningRate();
    trained.increment(records);
    augmented.increment(records - result.rows().size());
  }

  @Override
  public void replayed(int examples) {
    replayed.increment(examples);
  }

  @Override
  public void corrected(int examples) {
    corrected.increment(examples);
  }

  @Override
  public void agreed(int records) {
    agreed.increment(records);
  }

  @Override
  public void averageScored(PairedScore newer) {
    pairedWindow.add(newer);
    pairs = pairedWindow.sum();
  }

  @Override
  public void leftOut(int records) {
    leftOut.increment(records);
  }

  @Override
  public void heldOut(List<Example> examples) {
    heldOut.increment(examples.size());
  }

  @Override
  public void refused(int records) {
    refused.increment(records);
  }

  @Override
  public void published(Lineage lineage) {
    version = lineage.version();
    lineageRecords = lineage.records();
    lineageAugmented = lineage.augmented();
    checkpoints.increment();
  }

  @Override
  public void happened(TrainingEvent event) {
    switch (event.kind()) {
      case ROLLBACK -> rollbacks.increment();
      case DRIFT -> drifts.increment();
      case PRUNED -> log.info("After {} records {}", event.records(), event.message());
      case STOPPED -> {
        // The stage's failure says so already.
      }
    }
    pairedWindow.happened(event);
    pairs = pairedWindow.sum();
    stage.note("last_event", event.message());
  }

  /** A figure of the average; NaN while too few records were scored with both. */
  private double averaged(ToDoubleBiFunction<PairedScore, BatchScore> figure) {
    PairedScore scored = pairs;
    return scored.isEnough() ? figure.applyAsDouble(scored, score) : Double.NaN;
  }

  /** Agreement of the class that the student knows least, among those of some weight. */
  private static double worstClass(BatchScore score) {
    return score.classes().values().stream()
        .filter(tally -> tally.records() >= LEAST_CLASS_RECORDS)
        .mapToDouble(BatchScore.ClassScore::agreement)
        .min()
        .orElse(Double.NaN);
  }

  @Override
  public void level(PruningLevel level) {
    pruning = level;
  }
}
