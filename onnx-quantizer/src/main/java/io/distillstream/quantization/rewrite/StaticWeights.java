package io.distillstream.quantization.rewrite;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.weights.Int8Weights;
import io.distillstream.quantization.weights.WeightForm;
import java.util.List;

/** Writes constants of a static scheme: integers and a DequantizeLinear behind them. */
public final class StaticWeights {
  private StaticWeights() {}

  /**
   * Weights.
   *
   * @param axis of the channels, where there is a scale for each of them
   * @return name of the fp32 value
   */
  public static String of(
      String name, Int8Weights held, WeightForm form, int axis, RewrittenGraph out, long... dims) {
    String integers = out.constant(name, n -> held.tensor(n, form, dims));
    float[] scales = held.scales();
    long[] lengths = lengths(scales);
    String scale = out.constant(name + "/scales", n -> Tensor.float32(n, scales, lengths));
    String zero = out.constant(name + "/zero_points", n -> form.zeros(n, scales.length, lengths));
    String value = name + "/dequantized";
    if (out.defines(value)) {
      out.value("DequantizeLinear", List.of(integers, scale, zero), value, axis(axis, scales));
    }
    return out.name(value);
  }

  /**
   * A bias in 32 bits, whose steps are those of the products it is added to.
   *
   * @param x scale of the activations
   * @param w scales of the weights
   */
  public static String bias(String name, float[] bias, float x, float[] w, RewrittenGraph out) {
    float[] scales = w.clone();
    int[] integers = new int[bias.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] *= x;
    }
    for (int c = 0; c < bias.length; c++) {
      double level = Math.rint((double) bias[c] / scales[scales.length == 1 ? 0 : c]);
      integers[c] = (int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, level));
    }
    String value = out.constant(name, n -> Tensor.int32(n, integers, integers.length));
    long[] lengths = lengths(scales);
    String scale = out.constant(name + "/scales", n -> Tensor.float32(n, scales, lengths));
    return out.value(
        "DequantizeLinear", List.of(value, scale), name + "/dequantized", axis(0, scales));
  }

  /** A single scale is a scalar. */
  private static long[] lengths(float[] scales) {
    return scales.length == 1 ? new long[0] : new long[] {scales.length};
  }

  /** Operator sets before 13 lack the attribute, and know only single scales. */
  private static Attribute[] axis(int axis, float[] scales) {
    return scales.length == 1
        ? new Attribute[0]
        : new Attribute[] {Attribute.integer("axis", axis)};
  }
}
