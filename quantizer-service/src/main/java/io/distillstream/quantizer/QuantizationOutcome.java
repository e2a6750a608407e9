package io.distillstream.quantizer;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.scheme.DynamicInt8;
import java.util.List;

/**
 * The best that could be made of a checkpoint, and what the gate says of it. Only what passed may
 * be published.
 *
 * @param artifact the rewritten model
 * @param verdict of the gate
 * @param fp32Layers layers that the gate forced back to fp32, in that order
 */
public record QuantizationOutcome(
    OnnxModel artifact, GateVerdict verdict, List<String> fp32Layers) {
  public QuantizationOutcome {
    fp32Layers = List.copyOf(fp32Layers);
  }

  /** The scheme, and what was left out of it. */
  public String precision() {
    return fp32Layers.isEmpty()
        ? DynamicInt8.SCHEME
        : DynamicInt8.SCHEME + ", fp32: " + String.join(" ", fp32Layers);
  }
}
