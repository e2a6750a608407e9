package io.distillstream.quantization.plan;

/** What {@link Precision#FP16} does besides halving the constants. */
public enum HalfMode {
  /**
   * Constants are widened once when the model is loaded, arithmetic stays fp32. As fast as fp32 on
   * every processor.
   */
  STORAGE,
  /**
   * Products, and what lies between them as far as it loses nothing by it, are computed in half
   * width too. Pays where an engine has such kernels; ONNX Runtime 1.26 has none for products on
   * x86, and widens there as well.
   */
  ARITHMETIC
}
