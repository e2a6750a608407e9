package io.distillstream.trainer.loop;

import io.distillstream.runtime.StageMetrics;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.schedule.StepSettings;
import io.micrometer.core.instrument.Counter;
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
  private final Counter leftOut;
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
    trained = stage.counter("records_trained");
    augmented = stage.counter("records_augmented");
    leftOut = stage.counter("augmented_left_out");
    refused = stage.counter("records_rejected");
    checkpoints = stage.counter("checkpoints");
    rollbacks = stage.counter("rollbacks");
    drifts = stage.counter("drifts");
    stage.gauge("prequential_agreement", () -> score.agreement());
    stage.gauge("prequential_kl", () -> score.meanKl());
    stage.gauge("prequential_accuracy", () -> score.accuracy());
    stage.gauge("prequential_averaged_agreement", () -> averaged(PairedScore::agreement));
    stage.gauge("prequential_averaged_kl", () -> averaged(PairedScore::meanKl));
    stage.gauge("prequential_averaged_accuracy", () -> averaged(PairedScore::accuracy));
    stage.gauge("prequential_ece", () -> score.toTruth().expectedCalibrationError());
    stage.gauge("prequential_teacher_ece", () -> score.toTeacher().expectedCalibrationError());
    stage.gauge("worst_class_agreement", () -> worstClass(score));
    stage.gauge("prequential_cross_entropy", () -> loss.crossEntropy());
    stage.gauge("loss", () -> loss.total());
    stage.gauge("loss_distillation", () -> loss.distillation());
    stage.gauge("loss_embedding", () -> loss.embedding());
    stage.gauge("loss_consistency", () -> loss.consistency());
    stage.gauge("temperature", () -> temperature);
    stage.gauge("alpha", () -> alpha);
    stage.gauge("learning_rate", () -> learningRate);
    stage.gauge("sparsity", () -> pruning.sparsity());
    stage.gauge("units_removed", () -> pruning.unitsRemoved());
    stage.gauge("rows_removed", () -> pruning.rowsRemoved());
    stage.gauge("parameters", () -> pruning.parameters());
    stage.gauge("parameters_pruned", () -> pruning.pruned());
    stage.gauge("student_version", () -> version);
    stage.gauge("lineage_records", () -> lineageRecords);
    stage.gauge("lineage_augmented_sent", () -> lineageAugmented.sent());
    stage.gauge("lineage_augmented_trained", () -> lineageAugmented.trained());
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
  public void averageScored(PairedScore newer) {
    pairedWindow.add(newer);
    pairs = pairedWindow.sum();
  }

  @Override
  public void leftOut(int records) {
    leftOut.increment(records);
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
