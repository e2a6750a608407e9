package io.distillstream.benchmarks.soak;

import io.distillstream.trainer.state.StudentState;

/** Two engines that took the same steps from the same start are not in the same state. */
final class EnginesDifferException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long step;
  private final String tensor;
  private final int index;

  /**
   * @param step the first after which a difference was seen, from 1
   * @param tensor as {@link StudentState#tensors()} names it, or {@code loss}
   * @param index of the first value that differs
   */
  EnginesDifferException(long step, String tensor, int index, double first, double second) {
    super(
        "after step %d the engines differ in %s[%d]: %s and %s"
            .formatted(step, tensor, index, first, second));
    this.step = step;
    this.tensor = tensor;
    this.index = index;
  }

  long step() {
    return step;
  }

  String tensor() {
    return tensor;
  }

  int index() {
    return index;
  }
}
