package io.distillstream.trainer.memory;

import io.distillstream.trainer.examples.HeldOutRule;

/**
 * What the student is scored on: requests that it never learns from.
 *
 * @param rule which these are
 * @param memory which of them are kept
 */
public record HeldOutPlan(HeldOutRule rule, MemoryPlan memory) {

  /** Everything is learned. */
  public static final HeldOutPlan NONE =
      new HeldOutPlan(HeldOutRule.NONE, new MemoryPlan(MemoryPolicy.RESERVOIR, 1, 1, 1));
}
