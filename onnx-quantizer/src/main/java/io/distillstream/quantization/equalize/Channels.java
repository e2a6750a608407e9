package io.distillstream.quantization.equalize;

import java.util.Arrays;

/**
 * What the channels of an activation hold over some runs. Channels lie on the last axis. Not
 * thread-safe.
 */
final class Channels {
  private final double[] squares;
  private final float[] largest;
  private float[][] lowest = new float[0][];
  private float[][] highest = new float[0][];
  private long rows;

  /**
   * Of nothing yet.
   *
   * @param channels how many there are
   */
  Channels(int channels) {
    squares = new double[channels];
    largest = new float[channels];
  }

  /**
   * Adds what a run held.
   *
   * @param activations {@code [rows, channels]}, row-major
   */
  void add(float[] activations) {
    int channels = squares.length;
    if (activations.length % channels != 0) {
      throw new IllegalArgumentException(
          "%d activations are no rows of %d".formatted(activations.length, channels));
    }
    float[] min = new float[channels];
    float[] max = new float[channels];
    for (int i = 0; i < activations.length; i++) {
      int c = i % channels;
      float x = activations[i];
      squares[c] += (double) x * x;
      min[c] = Math.min(min[c], x);
      max[c] = Math.max(max[c], x);
    }
    for (int c = 0; c < channels; c++) {
      largest[c] = Math.max(largest[c], Math.max(-min[c], max[c]));
    }
    rows += activations.length / channels;
    lowest = appended(lowest, min);
    highest = appended(highest, max);
  }

  private static float[][] appended(float[][] rows, float[] row) {
    float[][] more = Arrays.copyOf(rows, rows.length + 1);
    more[rows.length] = row;
    return more;
  }

  int count() {
    return squares.length;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  /** Largest magnitude of each channel; not a copy. */
  float[] largest() {
    return largest;
  }

  /** Σ_j E[(x_j / s_j)²], the mean over rows. */
  double meanSquare(float[] scales) {
    double sum = 0;
    for (int c = 0; c < squares.length; c++) {
      sum += squares[c] / rows / ((double) scales[c] * scales[c]);
    }
    return sum;
  }

  /** Mean over the runs of the squared width of x / s, zero included. */
  double squaredWidth(float[] scales) {
    double sum = 0;
    for (int run = 0; run < lowest.length; run++) {
      double min = 0;
      double max = 0;
      for (int c = 0; c < scales.length; c++) {
        min = Math.min(min, (double) lowest[run][c] / scales[c]);
        max = Math.max(max, (double) highest[run][c] / scales[c]);
      }
      sum += (max - min) * (max - min);
    }
    return sum / lowest.length;
  }
}
