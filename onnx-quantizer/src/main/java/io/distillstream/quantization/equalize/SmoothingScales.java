package io.distillstream.quantization.equalize;

import java.util.List;
import java.util.Optional;

/**
 * Finds by how much to divide the channels of an activation, and to multiply the rows of the
 * weights it meets, so that 8-bit products lose least: x · W = (x / s) · (s · W).
 *
 * <p>One scale serves all channels of an activation, so a few large channels leave few levels to
 * all others; the weights have scales of their own by column and can take some of it over (Xiao et
 * al. 2023, "SmoothQuant", section 4). Here {@code s_j = max|x_j|^α}, and α is the one of 0, 0.1,
 * …, 1 with the least expected squared error of a row of the products. Rounding errors are taken
 * for uniform and independent:
 *
 * <pre>
 *   (Δx² / 12) · Σ_j s_j² · ‖W_j‖²  +  Σ_j E[(x_j / s_j)²] · Σ_c Δw_c² / 12
 * </pre>
 *
 * with the steps Δx of the activations and Δw_c of column c.
 */
final class SmoothingScales {
  private static final int EXPONENTS = 10;

  /** Steps over a range of activations. */
  private static final double ACTIVATION_STEPS = 255;

  /** Steps from zero to the largest weight of a column. */
  private static final double WEIGHT_STEPS = 127;

  /** A channel that was all but silent may not always be so. */
  private static final float LEAST_OF_LARGEST = 1e-3f;

  private final Channels channels;
  private final List<float[]> matrices;
  private final double[] rowNorms;

  private SmoothingScales(Channels channels, List<float[]> matrices) {
    this.channels = channels;
    this.matrices = List.copyOf(matrices);
    this.rowNorms = new double[channels.count()];
    for (float[] matrix : matrices) {
      int columns = matrix.length / rowNorms.length;
      for (int i = 0; i < matrix.length; i++) {
        rowNorms[i / columns] += (double) matrix[i] * matrix[i];
      }
    }
  }

  /**
   * One scale per channel; empty if none brings the expected error down to a share of what it is
   * without.
   *
   * @param channels of the activation
   * @param matrices that it is multiplied by, {@code [channels, columns]}, row-major; at least one
   * @param worthwhile largest share of the error that is worth the effort, in (0, 1]
   */
  static Optional<float[]> find(Channels channels, List<float[]> matrices, double worthwhile) {
    return channels.isEmpty()
        ? Optional.empty()
        : new SmoothingScales(channels, matrices).best(worthwhile);
  }

  private Optional<float[]> best(double worthwhile) {
    double least = worthwhile * error(scales(0));
    Optional<float[]> best = Optional.empty();
    for (int step = 1; step <= EXPONENTS; step++) {
      float[] scales = scales((double) step / EXPONENTS);
      double error = error(scales);
      if (error < least) {
        least = error;
        best = Optional.of(scales);
      }
    }
    return best;
  }

  private float[] scales(double alpha) {
    float[] largest = channels.largest();
    float floor = Float.MIN_NORMAL;
    for (float magnitude : largest) {
      floor = Math.max(floor, LEAST_OF_LARGEST * magnitude);
    }
    float[] scales = new float[largest.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = (float) Math.pow(Math.max(largest[c], floor), alpha);
    }
    return scales;
  }

  private double error(float[] scales) {
    double activations = 0;
    for (int c = 0; c < scales.length; c++) {
      activations += scales[c] * scales[c] * rowNorms[c];
    }
    activations *= channels.squaredWidth(scales) / (ACTIVATION_STEPS * ACTIVATION_STEPS);
    double weights = 0;
    for (float[] matrix : matrices) {
      weights += squaredColumnMaxima(matrix, scales) / (WEIGHT_STEPS * WEIGHT_STEPS);
    }
    return (activations + channels.meanSquare(scales) * weights) / 12;
  }

  private static double squaredColumnMaxima(float[] matrix, float[] scales) {
    int columns = matrix.length / scales.length;
    float[] largest = new float[columns];
    for (int row = 0; row < scales.length; row++) {
      float scale = scales[row];
      int from = row * columns;
      for (int c = 0; c < columns; c++) {
        largest[c] = Math.max(largest[c], Math.abs(matrix[from + c]) * scale);
      }
    }
    double sum = 0;
    for (float value : largest) {
      sum += (double) value * value;
    }
    return sum;
  }
}
