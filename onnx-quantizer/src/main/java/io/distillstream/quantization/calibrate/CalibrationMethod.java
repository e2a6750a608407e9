package io.distillstream.quantization.calibrate;

/** How a range is chosen from what was observed. */
public enum CalibrationMethod {
  /** From the least to the greatest value: nothing is clipped. */
  MIN_MAX("min-max"),
  /** Holds a given share of the values; half of the rest is clipped at either end. */
  PERCENTILE("percentile"),
  /**
   * The range that loses least information: least Kullback–Leibler divergence of the quantized from
   * the observed distribution (Migacz, "8-bit inference with TensorRT", GTC 2017).
   */
  ENTROPY("entropy"),
  /**
   * The range with the least expected squared error, which weighs clipping against coarseness (as
   * in Banner et al., "Post training 4-bit quantization of convolutional networks", 2019).
   */
  MSE("mse"),
  /**
   * Moving averages of each sample's least and greatest value (Jacob et al., "Quantization and
   * training of neural networks for efficient integer-arithmetic-only inference", 2018).
   */
  MOVING_AVERAGE("moving-average");

  private final String text;

  CalibrationMethod(String text) {
    this.text = text;
  }

  /** What settings and reports call it. */
  public String text() {
    return text;
  }
}
