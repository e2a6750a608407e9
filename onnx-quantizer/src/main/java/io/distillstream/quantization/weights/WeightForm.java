package io.distillstream.quantization.weights;

import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import java.util.Arrays;

/** How 8-bit weights are written for integer kernels, whose activations are unsigned. */
public enum WeightForm {
  /** [-127, 127], zero is 0. */
  SIGNED(ElementType.INT8, ColumnQuantization.LEVELS, 0),
  /** [-63, 63], zero is 0: two products of 255 · 63 fit 16 bits, so no kernel can saturate. */
  SIGNED_7_BIT(ElementType.INT8, 63, 0),
  /** [1, 255], zero is 128. */
  UNSIGNED(ElementType.UINT8, ColumnQuantization.LEVELS, ColumnQuantization.UNSIGNED_ZERO_POINT);

  private final ElementType type;
  private final int levels;
  private final int zeroPoint;

  WeightForm(ElementType type, int levels, int zeroPoint) {
    this.type = type;
    this.levels = levels;
    this.zeroPoint = zeroPoint;
  }

  /** Element type of the constant. */
  public ElementType type() {
    return type;
  }

  /** Largest magnitude, counted in scales. */
  public int levels() {
    return levels;
  }

  /** What stands for zero. */
  public int zeroPoint() {
    return zeroPoint;
  }

  /** So many zero points as a constant of a graph. */
  public Tensor zeros(String name, int count, long... dims) {
    byte[] zeros = new byte[count];
    Arrays.fill(zeros, (byte) zeroPoint);
    return type == ElementType.UINT8
        ? Tensor.uint8(name, zeros, dims)
        : Tensor.int8(name, zeros, dims);
  }
}
