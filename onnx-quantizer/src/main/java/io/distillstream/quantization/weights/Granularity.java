package io.distillstream.quantization.weights;

/** How many weights share one scale. */
public enum Granularity {
  /** All of a constant. */
  PER_TENSOR,
  /** Those that contribute to one output channel. */
  PER_CHANNEL
}
