package io.distillstream.trainer.engine.heap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of many arrays may be written to, where all of them are lent now and then. An array is its
 * owner's while no loan that includes it is open: loans of before it was replaced do not. Loans may
 * be ended on any thread; everything else belongs to one.
 */
final class Lending {
  /** When each array became the owner's own. */
  private final int[] since;

  private final List<Loan> open = new ArrayList<>();
  private int now = 1;

  /** One reader's. Who never ends it reads for ever. */
  static final class Loan {
    private final int at;
    private volatile boolean ended;

    private Loan(int at) {
      this.at = at;
    }

    /** The reader is done with all arrays. */
    void end() {
      ended = true;
    }
  }

  /**
   * Begins with arrays of others, if {@code lent}, to which nothing is written, and otherwise with
   * the owner's own.
   */
  Lending(int arrays, boolean lent) {
    since = new int[arrays];
    if (!lent) {
      Arrays.fill(since, now);
    }
  }

  /** Lends all arrays as they are now. */
  Loan lend() {
    open.removeIf(loan -> loan.ended);
    Loan loan = new Loan(now++);
    open.add(loan);
    return loan;
  }

  boolean isOwn(int array) {
    for (int last = open.size() - 1; last >= 0; last--) {
      if (!open.get(last).ended) {
        return since[array] > open.get(last).at;
      }
      open.remove(last);
    }
    return since[array] > 0;
  }

  /** An array was replaced by one that nobody else has. */
  void replaced(int array) {
    since[array] = now;
  }
}
