package io.distillstream.quantization.plan;

/** How the constants of one layer are held, and how it computes. */
public enum Precision {
  /** As it came. */
  FP32("fp32"),
  /** Weights in half width, arithmetic too if {@link HalfMode} says so. */
  FP16("fp16"),
  /** 8-bit weights; activations are quantized as they come; integer products. */
  INT8_DYNAMIC("int8-dynamic"),
  /** 8-bit weights; activations are quantized by ranges that calibration found. */
  INT8_STATIC("int8-static"),
  /** 8-bit weights in blocks, expanded as they are needed; arithmetic in fp32. */
  INT8_WEIGHTS("int8-weights"),
  /** 4-bit weights in blocks, expanded as they are needed; arithmetic in fp32. */
  INT4_WEIGHTS("int4-weights");

  private final String text;

  Precision(String text) {
    this.text = text;
  }

  /** What settings, manifests and reports call it. */
  public String text() {
    return text;
  }
}
