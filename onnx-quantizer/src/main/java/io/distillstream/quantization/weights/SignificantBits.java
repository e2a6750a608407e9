package io.distillstream.quantization.weights;

import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.Set;

/**
 * Rounds what stays in fp32 when a model is quantized, such as biases, to numbers of fewer
 * significant bits, so that it differs in fewer bytes from one version to the next. The error is
 * relative, at most 2<sup>-bits</sup> of each number, so that of 13 bits is small beside that of
 * weights in 8.
 *
 * @param bits of fp32's 24, the leading one included
 */
public record SignificantBits(int bits) {
  /** Those of fp32: every number stays as it is. */
  public static final SignificantBits ALL = new SignificantBits(24);

  private static final int LEAST = 8;

  public SignificantBits {
    if (bits < LEAST || bits > 24) {
      throw new IllegalArgumentException(
          "expected %d to 24 significant bits, got %d".formatted(LEAST, bits));
    }
  }

  /**
   * The same model with constants rounded, single numbers aside.
   *
   * @param constants their names; scales are no such constants, since weights in 8 bits hang on
   *     them
   */
  public OnnxModel of(OnnxModel model, Set<String> constants) {
    if (equals(ALL)) {
      return model;
    }
    GraphBuilder rounded = GraphBuilder.framedLike(model);
    for (String name : model.initializerNames()) {
      Tensor tensor = model.initializer(name).orElseThrow();
      boolean weights = tensor.type() == ElementType.FLOAT32 && tensor.elements() > 1;
      rounded.initializer(weights && constants.contains(name) ? of(tensor) : tensor);
    }
    model.nodes().forEach(rounded::node);
    return rounded.build(model.metadata());
  }

  private Tensor of(Tensor tensor) {
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = of(values[i]);
    }
    return Tensor.float32(tensor.name(), values, tensor.shape());
  }

  /** The nearest such number, the even one of two; what would round to infinity stays. */
  float of(float value) {
    int dropped = ALL.bits - bits;
    if (dropped == 0 || !Float.isFinite(value)) {
      return value;
    }
    int raw = Float.floatToRawIntBits(value);
    int even = (raw >>> dropped) & 1;
    int nearest = (raw + (1 << (dropped - 1)) - 1 + even) & (-1 << dropped);
    float rounded = Float.intBitsToFloat(nearest);
    return Float.isFinite(rounded) ? rounded : value;
  }
}
