package io.distillstream.quantization.weights;

/** A constant in fewer bits, whatever form it has. */
public interface HeldWeights {

  /** What it takes in the file, scales included. */
  long bytes();

  /** How far it is from what came. */
  WeightError error();

  /** What is left of the values, in their order. */
  float[] restored();
}
