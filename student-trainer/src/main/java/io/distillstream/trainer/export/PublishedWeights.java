package io.distillstream.trainer.export;

import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.state.StudentState;

/**
 * Which weights of a student devices get: the average or the newest ones, whichever has the lower
 * KL on what is held out. The average is better while traffic stays as it is; where labels come one
 * after the other, it lags behind what was learned last.
 *
 * @param student with these weights alone
 * @param score of these; {@link StratifiedScore#NONE} where nothing is held out
 * @param newest of the newest weights, where devices get the average; {@link StratifiedScore#NONE}
 *     where they get the newest
 */
public record PublishedWeights(
    StudentState student, StratifiedScore score, StratifiedScore newest) {

  /**
   * Chooses. Where nothing is held out, that is the average.
   *
   * @param engine of the student's shape; holds the chosen weights afterwards
   */
  public static PublishedWeights of(StudentState state, MemoryState heldOut, StudentEngine engine) {
    StudentState averaged = state.asDeployed();
    engine.restore(averaged);
    StratifiedScore score = HeldOutScorer.score(engine, heldOut);
    if (state.average().isEmpty() || heldOut.entries().isEmpty()) {
      return new PublishedWeights(averaged, score, StratifiedScore.NONE);
    }
    StudentState last = state.asNewest();
    engine.restore(last);
    StratifiedScore newest = HeldOutScorer.score(engine, heldOut);
    if (newest.meanKl() < score.meanKl() && newest.agreement() > score.agreement()) {
      return new PublishedWeights(last, newest, StratifiedScore.NONE);
    }
    engine.restore(averaged);
    return new PublishedWeights(averaged, score, newest);
  }
}
