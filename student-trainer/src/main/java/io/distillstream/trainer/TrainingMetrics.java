package io.distillstream.trainer;

import io.distillstream.runtime.StageMetrics;
import io.distillstream.trainer.engine.BatchScore;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StepSettings;
import io.micrometer.core.instrument.Counter;

/**
 * What the trainer says of itself. Agreement, KL, accuracy and loss are over the last 1,000 records
 * or so, each scored before it was learned; unlike a checkpoint's, they do not start over with it.
 */
final class TrainingMetrics implements TrainingListener {
  private static final int WINDOW_RECORDS = 1_000;

  private final StageMetrics stage;
  private final Counter trained;
  private final Counter refused;
  private final Counter checkpoints;
  private final Counter rollbacks;
  private final PrequentialWindow window = new PrequentialWindow(WINDOW_RECORDS);

  private volatile BatchScore score = BatchScore.NONE;
  private volatile double loss = Double.NaN;
  private volatile double temperature = Double.NaN;
  private volatile double alpha = Double.NaN;
  private volatile double learningRate = Double.NaN;
  private volatile long version;
  private volatile long lineageRecords;

  TrainingMetrics(StageMetrics stage) {
    this.stage = stage;
    trained = stage.counter("records_trained");
    refused = stage.counter("records_rejected");
    checkpoints = stage.counter("checkpoints");
    rollbacks = stage.counter("rollbacks");
    stage.gauge("prequential_agreement", () -> score.agreement());
    stage.gauge("prequential_kl", () -> score.meanKl());
    stage.gauge("prequential_accuracy", () -> score.accuracy());
    stage.gauge("loss", () -> loss);
    stage.gauge("temperature", () -> temperature);
    stage.gauge("alpha", () -> alpha);
    stage.gauge("learning_rate", () -> learningRate);
    stage.gauge("student_version", () -> version);
    stage.gauge("lineage_records", () -> lineageRecords);
  }

  @Override
  public void resumed(Lineage lineage) {
    version = lineage.version();
    lineageRecords = lineage.records();
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
  }

  @Override
  public void refused(int records) {
    refused.increment(records);
  }

  @Override
  public void published(Lineage lineage) {
    version = lineage.version();
    lineageRecords = lineage.records();
    checkpoints.increment();
  }

  @Override
  public void rolledBack(String reason) {
    rollbacks.increment();
    stage.note("last_rollback", reason);
  }
}
