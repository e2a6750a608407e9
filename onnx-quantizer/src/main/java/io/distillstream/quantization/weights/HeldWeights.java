package io.distillstream.quantization.weights;

/** A constant in fewer bits, whatever form it has. */
public interface HeldWeights {

  /** What it takes in the file, its scales included. */
  long bytes();

  /** How far it is from what came. */
  WeightError error();

  /** Its scales, at least one. */
  float[] scales();

  /** What is left of the values, in their order. */
  float[] restored();
}
