package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;

/** What 8 bits will leave of activations. */
final class QuantizedActivations {
  private QuantizedActivations() {}

  /**
   * What is left of activations of any shape; its gradient is that of {@code x}.
   *
   * <pre>
   * scale = (max(x, 0) - min(x, 0)) / 255      zero = round(-min(x, 0) / scale)
   * x ≈ scale · (clip(round(x / scale) + zero, 0, 255) - zero)
   * </pre>
   */
  static NDArray of(NDArray x) {
    NDArray fixed = x.stopGradient();
    NDArray low = fixed.min().minimum(0);
    NDArray scale = fixed.max().maximum(0).sub(low).div(255).maximum(Float.MIN_NORMAL);
    NDArray zero = low.neg().div(scale).round();
    NDArray levels = fixed.div(scale).round().add(zero).clip(0, 255);
    // The difference is exactly zero; it carries the gradient.
    return levels.sub(zero).mul(scale).add(x.sub(fixed));
  }
}
