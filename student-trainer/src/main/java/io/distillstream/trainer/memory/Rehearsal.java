package io.distillstream.trainer.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The remembered examples that a batch of fresh ones is learned with. While traffic is skewed there
 * are more of them than of fresh ones; they then make steps of their own, behind the batch's, so
 * that what is new is learned in as many steps as while traffic is mixed. Several steps for each
 * batch that comes off a stream are what Zhang, Pfahringer, Frank, Bifet, Lim, Jia, <a
 * href="https://arxiv.org/abs/2209.13917">A simple but strong baseline for online continual
 * learning: Repeated Augmented Rehearsal</a>, NeurIPS 2022, find replay to want.
 *
 * @param beside rows of the batch's own step
 * @param after rows of each further step
 */
public record Rehearsal(List<Drawn> beside, List<List<Drawn>> after) {
  public Rehearsal {
    beside = List.copyOf(beside);
    after = after.stream().map(List::copyOf).toList();
  }

  /**
   * Spreads examples over steps. A step of few rows would move the student about at random, so less
   * than half a step goes with the batch.
   *
   * @param beside how many go with the batch otherwise
   * @param stepRows of each further step, at most; these are as large as each other
   */
  static Rehearsal of(List<Drawn> drawn, int beside, int stepRows) {
    int surplus = drawn.size() - beside;
    int with = 2 * surplus < stepRows ? drawn.size() : beside;
    List<Drawn> rest = drawn.subList(with, drawn.size());
    int steps = (rest.size() + stepRows - 1) / stepRows;
    List<List<Drawn>> after = new ArrayList<>(steps);
    for (int step = 0; step < steps; step++) {
      after.add(rest.subList(rest.size() * step / steps, rest.size() * (step + 1) / steps));
    }
    return new Rehearsal(drawn.subList(0, with), after);
  }

  /** All of them, in the order of steps and rows. */
  public List<Drawn> all() {
    return Stream.concat(beside.stream(), after.stream().flatMap(List::stream)).toList();
  }
}
