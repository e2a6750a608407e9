package io.distillstream.quantization.scheme;

import io.distillstream.quantization.weights.WeightError;

/** One way to hold the constants of some layers in fewer bits, and to compute with them. */
interface Scheme {

  /** Whether it can do so for this node. */
  boolean fits(Site site);

  /** What the layer's constants then take in the file, and how far they are off. */
  Held held(Site site);

  /** Writes the nodes that stand for this one; its results keep their names. */
  void write(Site site, Rewrite out);

  /**
   * A layer's constants in some precision.
   *
   * @param bytes of the values and their scales
   * @param error of the values
   */
  record Held(long bytes, WeightError error) {}
}
