package io.distillstream.quantization.gate;

/** What the numbers of an output mean, and so by what they are judged. */
public enum OutputKind {
  /**
   * Logits or probabilities along the last axis, one row per sample, position or token: the largest
   * must stay where it is.
   */
  SCORES,
  /** Vectors along the last axis: their directions must stay, and their components. */
  VECTORS,
  /** Any other numbers with a fraction, such as an image, a mask or a signal: they must stay. */
  VALUES,
  /** Whole numbers, such as token ids: each must stay. */
  INDICES;

  /** Whether it is judged by the share of rows, or of numbers, that agree. */
  boolean agrees() {
    return this == SCORES || this == INDICES;
  }

  /** Whether it is judged by how far numbers are off, over the output's range. */
  boolean keepsNumbers() {
    return this == VECTORS || this == VALUES;
  }
}
