package io.distillstream.quantization.weights;

/** The processor that an artifact is made for. */
public enum Target {
  /** The one that quantizes: speed and errors can be measured. */
  THIS_MACHINE,
  /** Phones, tablets, boards. Sums 8-bit products in 32 bits. */
  ARM64,
  /** Intel and AMD processors with VNNI. Sum 8-bit products in 32 bits. */
  X86_VNNI,
  /** Those without: unsigned times signed sums two products in 16 bits, which may saturate. */
  X86_AVX2
}
