package io.distillstream.trainer.prune;

/**
 * The share that is to be pruned as a function of the records learned, so that a resumed run needs
 * no state of its own. It rises at {@code startRecords} and then every {@code intervalRecords}, in
 * between the student recovers, until it reaches the target, in {@code ⌈target / step⌉} rises.
 *
 * @param shape of the rises
 * @param startRecords of the first rise
 * @param intervalRecords between rises
 * @param step share that is added each time, where all rises are equal
 * @param target share in the end, below 1
 */
public record PruningSchedule(
    Shape shape, long startRecords, long intervalRecords, double step, double target) {

  /** How large each rise is. */
  public enum Shape {
    /** All are {@code step}; the last is what is left. */
    EQUAL,
    /**
     * {@code target (1 - (1 - k/n)³)} after k of n rises: large first, while there is much to
     * spare. Zhu, Gupta, <a href="https://arxiv.org/abs/1710.01878">To prune, or not to prune</a>,
     * 2017.
     */
    CUBIC
  }

  public PruningSchedule {
    if (startRecords < 0 || intervalRecords < 1) {
      throw new IllegalArgumentException(
          "impossible pruning schedule: from record %d, every %d records"
              .formatted(startRecords, intervalRecords));
    }
    if (!(step > 0 && step <= 1 && target > 0 && target < 1)) {
      throw new IllegalArgumentException(
          "impossible pruning schedule: steps of %s up to %s".formatted(step, target));
    }
  }

  /** The share that is due once so many records have been learned. */
  public double sparsityAt(long recordsLearned) {
    if (recordsLearned < startRecords) {
      return 0;
    }
    long rises = (recordsLearned - startRecords) / intervalRecords + 1;
    if (rises >= rises()) {
      return target;
    }
    return switch (shape) {
      case EQUAL -> step * rises;
      case CUBIC -> target * (1 - Math.pow(1 - (double) rises / rises(), 3));
    };
  }

  /** How many rises lead to the target. */
  public int rises() {
    // 0.7 / 0.1 is a little less than 7, 0.6 / 0.2 a little less than 3, 0.3 / 0.1 a little more.
    return (int) Math.ceil(target / step - 1e-9);
  }
}
