package io.distillstream.benchmarks.measure;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.schedule.StepSettings;

/** Times a number of records from the end of the first batch on. For the training thread. */
public final class Stopwatch implements TrainingListener {

  private final int count;
  private Runnable done = () -> {};
  private int first;
  private int trained;
  private BatchScore secondHalf = BatchScore.NONE;
  private long start;
  private long end;

  public Stopwatch(int count) {
    this.count = count;
  }

  public void whenDone(Runnable action) {
    this.done = action;
  }

  @Override
  public void trained(int records, StepResult result, StepSettings settings) {
    if (2 * trained >= count) {
      secondHalf = secondHalf.plus(result.score());
    }
    trained += records;
    if (first == 0) {
      first = records;
      start = System.nanoTime();
    }
    if (trained >= count) {
      end = System.nanoTime();
      done.run();
    }
  }

  /** Of the records of the second half, each scored before it was learned. */
  public double agreementOfTheSecondHalf() {
    return secondHalf.agreement();
  }

  /** Seconds for all records at the pace of those after the first batch. */
  public double seconds() {
    return (end - start) / 1e9 * count / (count - first);
  }
}
