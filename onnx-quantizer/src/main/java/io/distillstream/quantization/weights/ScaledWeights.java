package io.distillstream.quantization.weights;

/** A constant as integers with scales. */
public interface ScaledWeights extends HeldWeights {

  /** Its scales, at least one. */
  float[] scales();
}
