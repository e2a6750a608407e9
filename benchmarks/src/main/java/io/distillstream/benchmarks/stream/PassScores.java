package io.distillstream.benchmarks.stream;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.export.HeldOutScorer;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.memory.Remembered;
import io.distillstream.trainer.schedule.StepSettings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Scores a student under training on held-out examples every so many records, as it would be
 * published then, and says what the scores before learning were since the last time. For the
 * training thread; borrows both engines.
 */
final class PassScores implements TrainingListener {
  private final PrintWriter out;
  private final StudentEngine engine;
  private final StudentEngine device;
  private final List<Remembered> heldOut;
  private final double teachersAccuracy;
  private final int every;
  private final int end;
  private Runnable done = () -> {};
  private int trained;
  private BatchScore last = BatchScore.NONE;
  private BatchScore beforeLearning = BatchScore.NONE;
  private PairedScore pairs = PairedScore.NONE;

  /**
   * @param engine that trains
   * @param device that answers with what {@code engine} would publish
   * @param every records between two scores
   * @param end records of the pass
   */
  PassScores(
      PrintWriter out,
      StudentEngine engine,
      StudentEngine device,
      List<Example> heldOut,
      int every,
      int end) {
    this.out = out;
    this.engine = engine;
    this.device = device;
    this.heldOut = heldOut.stream().map(Remembered::of).toList();
    this.teachersAccuracy = ofTeacher(heldOut);
    this.every = every;
    this.end = end;
  }

  void whenDone(Runnable action) {
    done = action;
  }

  /** The score after the last record. */
  BatchScore last() {
    return last;
  }

  /** Accuracy of the teacher's own answers. */
  static double ofTeacher(List<Example> examples) {
    long right = examples.stream().filter(e -> e.target().answer() == e.truth()).count();
    return (double) right / examples.size();
  }

  @Override
  public void trained(int records, StepResult result, StepSettings settings) {
    int before = trained;
    trained += records;
    beforeLearning = beforeLearning.plus(result.score());
    if (trained / every > before / every || trained >= end) {
      last = score();
      print();
      beforeLearning = BatchScore.NONE;
      pairs = PairedScore.NONE;
    }
    if (trained >= end) {
      done.run();
    }
  }

  @Override
  public void averageScored(PairedScore score) {
    pairs = pairs.plus(score);
  }

  private BatchScore score() {
    device.restore(engine.snapshot().asDeployed());
    return BatchScore.of(HeldOutScorer.rows(device, heldOut));
  }

  private void print() {
    out.printf(
        Locale.ROOT,
        "%,10d  %.4f     %.4f    %5.1f %%           %.4f  %.4f  %.4f  %.4f%n",
        trained,
        last.agreement(),
        last.accuracy(),
        100 * last.accuracy() / teachersAccuracy,
        last.meanKl(),
        last.toTruth().expectedCalibrationError(),
        beforeLearning.agreement(),
        pairs.agreement(beforeLearning));
    out.flush();
  }
}
