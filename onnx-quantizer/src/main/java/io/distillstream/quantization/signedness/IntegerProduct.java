package io.distillstream.quantization.signedness;

import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.Int8Weights;
import io.distillstream.quantization.weights.WeightForm;

/**
 * The product of 8-bit activations and weights as processors compute it: activations unsigned on
 * the grid that DynamicQuantizeLinear chooses, weights in one of the {@linkplain WeightForm forms}.
 *
 * <p>Processors with AVX2 and without VNNI multiply unsigned by signed bytes with {@code
 * vpmaddubsw}: the products of two neighbours on the inner axis are added in 16 bits, and what does
 * not fit is cut off. Unsigned by unsigned they multiply in 16 bits and add in 32.
 */
public final class IntegerProduct {
  private IntegerProduct() {}

  /**
   * The product, {@code [rows, columns]}.
   *
   * @param saturates whether the processor adds pairs in 16 bits where weights are signed
   */
  public static float[] of(ProductSample sample, WeightForm form, boolean saturates) {
    Int8Weights weights =
        Int8Weights.of(
            sample.weights(),
            Int8Weights.Shape.columns(sample.inner(), sample.columns()),
            Granularity.PER_CHANNEL,
            form.levels());
    ByteActivations x = ByteActivations.of(sample.activations());
    boolean pairs = saturates && form != WeightForm.UNSIGNED;
    float[] product = new float[sample.rows() * sample.columns()];
    for (int c = 0; c < sample.columns(); c++) {
      byte[] column = column(weights.values(), c, sample.inner(), sample.columns());
      int columnSum = sum(column);
      for (int r = 0; r < sample.rows(); r++) {
        int from = r * sample.inner();
        int dot = pairs ? saturating(x, from, column) : exact(x, from, column);
        product[r * sample.columns() + c] =
            (dot - x.zeroPoint() * columnSum) * (x.scale() * weights.scales()[c]);
      }
    }
    return product;
  }

  private static byte[] column(byte[] matrix, int column, int rows, int columns) {
    byte[] values = new byte[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = matrix[i * columns + column];
    }
    return values;
  }

  private static int sum(byte[] values) {
    int sum = 0;
    for (byte value : values) {
      sum += value;
    }
    return sum;
  }

  private static int exact(ByteActivations x, int from, byte[] w) {
    int sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += x.value(from + i) * w[i];
    }
    return sum;
  }

  private static int saturating(ByteActivations x, int from, byte[] w) {
    int sum = 0;
    int even = w.length & ~1;
    for (int i = 0; i < even; i += 2) {
      int pair = x.value(from + i) * w[i] + x.value(from + i + 1) * w[i + 1];
      sum += Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, pair));
    }
    return even == w.length ? sum : sum + x.value(from + even) * w[even];
  }
}
