package io.distillstream.quantization.signedness;

import java.util.Arrays;

/** Activations as a layer met them, and its weights. Takes the arrays over. */
public final class ProductSample {
  private final String layer;
  private final float[] activations;
  private final float[] weights;
  private final int inner;

  /**
   * Puts the two together.
   *
   * @param layer whose weights they are
   * @param activations {@code [rows, inner]}, row-major
   * @param weights {@code [inner, columns]}, row-major
   * @param inner what the product sums over
   */
  public ProductSample(String layer, float[] activations, float[] weights, int inner) {
    if (inner < 1
        || activations.length == 0
        || weights.length == 0
        || activations.length % inner != 0
        || weights.length % inner != 0) {
      throw new IllegalArgumentException(
          "%s: %d activations and %d weights are no rows and columns of %d"
              .formatted(layer, activations.length, weights.length, inner));
    }
    this.layer = layer;
    this.activations = activations;
    this.weights = weights;
    this.inner = inner;
  }

  /** {@code [rows, inner]}, not a copy. */
  public float[] activations() {
    return activations;
  }

  /** {@code [inner, columns]}, not a copy. */
  public float[] weights() {
    return weights;
  }

  public int inner() {
    return inner;
  }

  public int rows() {
    return activations.length / inner;
  }

  public int columns() {
    return weights.length / inner;
  }

  /** The same with at most so many rows. */
  public ProductSample first(int rows) {
    return rows >= rows()
        ? this
        : new ProductSample(layer, Arrays.copyOf(activations, rows * inner), weights, inner);
  }

  /** The exact product, {@code [rows, columns]}. */
  public double[] product() {
    double[] product = new double[rows() * columns()];
    for (int r = 0; r < rows(); r++) {
      for (int i = 0; i < inner; i++) {
        double x = activations[r * inner + i];
        for (int c = 0; c < columns(); c++) {
          product[r * columns() + c] += x * weights[i * columns() + c];
        }
      }
    }
    return product;
  }

  @Override
  public String toString() {
    return "ProductSample[%s, %d · %d · %d]".formatted(layer, rows(), inner, columns());
  }
}
