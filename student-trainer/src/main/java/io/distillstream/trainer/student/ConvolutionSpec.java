package io.distillstream.trainer.student;

import java.util.List;
import java.util.Optional;

/**
 * A convolutional classifier of images and other tensors: layers of convolution, batch norm and
 * ReLU, the mean over all places, and a linear classifier.
 *
 * <pre>
 * x      = input                                            [batch, channels, height, width]
 * x      = relu(norm(convolution(x)))                       per layer
 * logits = mean over places of x · Wc + bc                  [batch, classes]
 * </pre>
 *
 * <p>Batch norm: Ioffe, Szegedy, <a href="https://arxiv.org/abs/1502.03167">Batch
 * Normalization</a>, 2015. In training it normalizes by the batch; mean and variance move towards
 * the batch's by {@link #MOMENTUM}, are parameters that no gradient changes, and are what inference
 * normalizes by. A sequence is an image of height 1.
 *
 * @param channels of the input
 * @param height of the input
 * @param width of the input
 * @param layers in order
 * @param classes of the label space
 */
public record ConvolutionSpec(
    int channels, int height, int width, List<ConvolutionLayer> layers, int classes)
    implements StudentSpec {

  /** Added to the variance in every batch norm. */
  public static final float NORM_EPSILON = 1e-5f;

  /** Weight of the newest batch in the running mean and variance. */
  public static final float MOMENTUM = 0.1f;

  /** What the names of kernels end with. */
  public static final String KERNEL = ".kernel";

  /** What the names of running means end with; the variances' end with {@link #VARIANCE}. */
  public static final String MEAN = ".norm.mean";

  public static final String VARIANCE = ".norm.variance";

  /**
   * @throws IllegalArgumentException if there is no layer, or a kernel is larger than the padded
   *     image that reaches it
   */
  public ConvolutionSpec {
    Extents.atLeast(1, channels, "channels");
    Extents.atLeast(1, height, "height");
    Extents.atLeast(1, width, "width");
    Extents.atLeast(1, layers.size(), "layers");
    Extents.atLeast(2, classes, "classes");
    layers = List.copyOf(layers);
    int rows = height;
    int columns = width;
    for (ConvolutionLayer layer : layers) {
      rows = layer.outputExtent(rows, layer.kernelHeight());
      columns = layer.outputExtent(columns, layer.kernelWidth());
      Extents.atLeast(1, Math.min(rows, columns), "extent of a layer's output");
    }
  }

  /** Channels that come into a layer. */
  public int channelsOf(int layer) {
    return layer == 0 ? channels : layers.get(layer - 1).filters();
  }

  /** {@code [channels, height, width]}. */
  public int[] inputShape() {
    return new int[] {channels, height, width};
  }

  /** Kernels are {@code [filters, channels · kernelHeight · kernelWidth]}. */
  @Override
  public List<Parameter> parameters() {
    ParameterList all = new ParameterList();
    for (int i = 0; i < layers.size(); i++) {
      ConvolutionLayer layer = layers.get(i);
      String name = "convolution" + i;
      all.matrix(name + KERNEL, layer.filters(), channelsOf(i) * layer.kernelSize());
      all.norm(name + ".norm", layer.filters());
      all.vector(name + MEAN, layer.filters());
      all.vector(name + VARIANCE, layer.filters());
    }
    all.linear(CLASSIFIER, layers.get(layers.size() - 1).filters(), classes);
    return all.toList();
  }

  @Override
  public Optional<Parameter> rowTable() {
    return Optional.empty();
  }

  /** Kernels after He, Zhang, Ren, Sun, Delving Deep into Rectifiers, 2015: {@code √(2 / in)}. */
  @Override
  public double deviation(Parameter matrix, int row) {
    return matrix.name().endsWith(KERNEL)
        ? Math.sqrt(2.0 / matrix.columns())
        : RandomStart.scaledByInputs(matrix);
  }
}
