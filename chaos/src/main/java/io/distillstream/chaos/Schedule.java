package io.distillstream.chaos;

import io.distillstream.chaos.fault.Fault;
import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * An endless sequence of faults that is a function of the seed: each kind in turn, in an order that
 * changes every round, and of each kind its targets in turn.
 */
final class Schedule {

  /**
   * A fault that is due.
   *
   * @param pause before it, in which the pipeline is left alone
   */
  record Due(Fault fault, Stage target, Duration duration, Duration pause) {
    @Override
    public String toString() {
      return target == Stage.CLUSTER && fault.targets().size() == 1
          ? fault.name()
          : fault.name() + " " + target.text();
    }
  }

  /** A kind with the targets that are still to come. */
  private static final class Kind {
    private final Fault fault;
    private final List<Stage> targets = new ArrayList<>();

    Kind(Fault fault) {
      this.fault = fault;
    }

    Stage next(Random random) {
      if (targets.isEmpty()) {
        targets.addAll(fault.targets());
        Collections.shuffle(targets, random);
      }
      return targets.remove(targets.size() - 1);
    }
  }

  private static final long LONGEST_PAUSE_MILLIS = 4_000;

  private final Random random;
  private final List<Kind> kinds;
  private final List<Kind> round = new ArrayList<>();

  /**
   * @param faults at least one
   */
  Schedule(List<Fault> faults, long seed) {
    this.random = new Random(seed);
    this.kinds = faults.stream().map(Kind::new).toList();
  }

  Due next() {
    if (round.isEmpty()) {
      round.addAll(kinds);
      Collections.shuffle(round, random);
    }
    Kind kind = round.remove(round.size() - 1);
    Fault.Span span = kind.fault.lasts();
    return new Due(
        kind.fault,
        kind.next(random),
        Duration.ofMillis(between(span.shortest().toMillis(), span.longest().toMillis())),
        Duration.ofMillis(between(0, LONGEST_PAUSE_MILLIS)));
  }

  private long between(long least, long most) {
    return least + random.nextLong(most - least + 1);
  }
}
