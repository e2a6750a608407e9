package io.distillstream.quantization.scheme;

import io.distillstream.model.quantization.ColumnQuantization;

/**
 * The reference: DynamicQuantizeLinear as ONNX defines it, a product in exact integers, then one
 * scale per column.
 */
final class DynamicProduct {
  private DynamicProduct() {}

  /**
   * The product of quantized activations and weights.
   *
   * @param x [rows, inner]
   * @param w [inner, columns]
   * @return [rows, columns], row-major
   */
  static float[] of(float[][] x, ColumnQuantization w, int columns) {
    float least = 0;
    float greatest = 0;
    for (float[] row : x) {
      for (float value : row) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
    }
    float scale = (greatest - least) / 255;
    int zeroPoint = clamp((int) Math.rint(-least / scale));
    byte[] weights = w.values();
    float[] scales = w.scales();
    float[] y = new float[x.length * columns];
    for (int r = 0; r < x.length; r++) {
      for (int c = 0; c < columns; c++) {
        long sum = 0;
        for (int i = 0; i < x[r].length; i++) {
          int quantized = clamp((int) Math.rint(x[r][i] / scale) + zeroPoint);
          sum += (long) (quantized - zeroPoint) * weights[i * columns + c];
        }
        y[r * columns + c] = sum * (scale * scales[c]);
      }
    }
    return y;
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
