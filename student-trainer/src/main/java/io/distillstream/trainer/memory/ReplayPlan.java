package io.distillstream.trainer.memory;

/**
 * What steps are mixed with, so that a run of like requests does not make the student forget:
 * remembered examples with their teacher's soft targets. Buzzega, Boschini, Porrello, Abati,
 * Calderara, <a href="https://arxiv.org/abs/2004.07211">Dark Experience for General Continual
 * Learning</a>, NeurIPS 2020, with the teacher's logits in the place of the student's earlier ones.
 *
 * <p>Where the newest examples are of a few labels only, fresh examples alone would pull the
 * student towards these, and more of each step is remembered.
 *
 * @param share of each step's rows that are remembered examples while traffic is mixed as it mostly
 *     is, at least 0 and below 1; 0 remembers none
 * @param maxShare the same while it is as skewed as {@link #FULL_SKEW} or more, at least {@code
 *     share} and below 1
 * @param memory which examples are remembered
 */
public record ReplayPlan(double share, double maxShare, MemoryPlan memory) {
  /**
   * Skew at which the share is largest: that of a long run of half of the labels, and less than
   * that of a run of one.
   */
  static final double FULL_SKEW = 0.4;

  /** Fresh records alone. */
  public static final ReplayPlan NONE =
      new ReplayPlan(0, 0, new MemoryPlan(MemoryPolicy.RESERVOIR, 1, 1, 1));

  public ReplayPlan {
    if (!(share >= 0 && share <= maxShare && maxShare < 1)) {
      throw new IllegalArgumentException(
          "impossible shares of replay: %s to %s".formatted(share, maxShare));
    }
  }

  /** Whether anything is remembered. */
  public boolean isOn() {
    return share > 0;
  }

  /**
   * Remembered examples to so many fresh ones. What is left over of one step counts in the next, so
   * that small batches are mixed with as much as large ones.
   *
   * @param learned fresh examples before these
   * @param skew of the newest examples' labels, 0 to 1
   */
  int rows(int fresh, long learned, double skew) {
    double wanted = share + (maxShare - share) * Math.min(1, skew / FULL_SKEW);
    double each = wanted / (1 - wanted);
    return (int) (whole(each * (learned + fresh)) - whole(each * learned));
  }

  /** A third of three is one, however it is rounded. */
  private static double whole(double number) {
    return Math.floor(number + 1e-6);
  }
}
