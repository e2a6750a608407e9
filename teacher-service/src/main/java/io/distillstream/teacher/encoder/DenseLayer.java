package io.distillstream.teacher.encoder;

/** {@code y = W·x + b}. Immutable, safe for use by many threads. */
public final class DenseLayer {
  private final int inputs;
  private final int outputs;

  /** {@code [inputs, outputs]}: along a row the loop below runs in vector instructions. */
  private final float[] transposed;

  private final float[] bias;

  /**
   * @param weight row-major {@code [outputs, inputs]}, copied
   * @param bias {@code [outputs]}, copied
   */
  public DenseLayer(float[] weight, float[] bias) {
    outputs = bias.length;
    if (outputs == 0 || weight.length == 0 || weight.length % outputs != 0) {
      throw new IllegalArgumentException(
          "%d weights are no layer of %d outputs".formatted(weight.length, outputs));
    }
    inputs = weight.length / outputs;
    transposed = new float[weight.length];
    for (int out = 0; out < outputs; out++) {
      for (int in = 0; in < inputs; in++) {
        transposed[in * outputs + out] = weight[out * inputs + in];
      }
    }
    this.bias = bias.clone();
  }

  public int inputs() {
    return inputs;
  }

  public int outputs() {
    return outputs;
  }

  /** A copy of the weights, row-major {@code [outputs, inputs]}. */
  public float[] weight() {
    float[] weight = new float[transposed.length];
    for (int out = 0; out < outputs; out++) {
      for (int in = 0; in < inputs; in++) {
        weight[out * inputs + in] = transposed[in * outputs + out];
      }
    }
    return weight;
  }

  /** A copy of the bias {@code [outputs]}. */
  public float[] bias() {
    return bias.clone();
  }

  /** From {@code [inputs]} to {@code [outputs]}. */
  float[] apply(float[] x) {
    if (x.length != inputs) {
      throw new IllegalArgumentException(
          "Expected a vector of %d, got %d".formatted(inputs, x.length));
    }
    float[] y = bias.clone();
    for (int in = 0; in < inputs; in++) {
      addScaled(y, x[in], in * outputs);
    }
    return y;
  }

  private void addScaled(float[] y, float scale, int row) {
    for (int out = 0; out < y.length; out++) {
      y[out] += scale * transposed[row + out];
    }
  }
}
