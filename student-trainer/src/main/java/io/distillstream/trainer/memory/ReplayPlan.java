package io.distillstream.trainer.memory;

/**
 * What steps are mixed with, so that a run of like requests does not make the student forget:
 * remembered examples with their teacher's soft targets. Buzzega, Boschini, Porrello, Abati,
 * Calderara, <a href="https://arxiv.org/abs/2004.07211">Dark Experience for General Continual
 * Learning</a>, NeurIPS 2020, with the teacher's logits in the place of the student's earlier ones.
 *
 * @param share of each step's rows that are remembered examples, at least 0 and below 1
 * @param memory which examples are remembered
 */
public record ReplayPlan(double share, MemoryPlan memory) {

  /** Fresh records alone. */
  public static final ReplayPlan NONE =
      new ReplayPlan(0, new MemoryPlan(MemoryPolicy.RESERVOIR, 1, 1, 1));

  public ReplayPlan {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("impossible share of replay: " + share);
    }
  }

  /** Whether anything is remembered. */
  public boolean isOn() {
    return share > 0;
  }

  /** Remembered examples to so many fresh ones. */
  public int rows(int fresh) {
    return (int) Math.round(fresh * share / (1 - share));
  }
}
