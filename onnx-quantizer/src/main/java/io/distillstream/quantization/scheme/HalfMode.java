package io.distillstream.quantization.scheme;

/** What {@link Precision#FP16} does besides halving the constants. */
public enum HalfMode {
  /**
   * Constants are widened once when the model is loaded, arithmetic stays fp32. As fast as fp32 on
   * every processor.
   */
  STORAGE,
  /** Arithmetic is half width too. Pays only where the processor has it; see the options. */
  ARITHMETIC
}
