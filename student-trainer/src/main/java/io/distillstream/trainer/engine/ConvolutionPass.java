package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import io.distillstream.trainer.student.ConvolutionLayer;
import io.distillstream.trainer.student.ConvolutionSpec;
import java.util.Arrays;

/** The forward pass of a {@link ConvolutionSpec}. */
record ConvolutionPass(ConvolutionSpec spec, TensorInputs images) implements ForwardPass {
  private static final int[] ALL_BUT_CHANNELS = {0, 2, 3};

  static ConvolutionPass of(ConvolutionSpec spec, Inputs inputs) {
    if (!(inputs instanceof TensorInputs images)
        || !Arrays.equals(images.shape(), spec.inputShape())) {
      throw new IllegalArgumentException(
          "expected tensors %s, got %s".formatted(Arrays.toString(spec.inputShape()), inputs));
    }
    return new ConvolutionPass(spec, images);
  }

  @Override
  public int rows() {
    return images.size();
  }

  @Override
  public int[] words() {
    return new int[0];
  }

  @Override
  public WordVectors vectors() {
    throw new IllegalArgumentException("images have no word vectors: " + spec);
  }

  @Override
  public NDArray hidden(Layers layers) {
    NDArray x = layers.array(flat(), images.size(), spec.channels(), spec.height(), spec.width());
    for (int i = 0; i < spec.layers().size(); i++) {
      String name = "convolution" + i;
      x = norm(layers, name, convolution(layers, name, i, x)).getNDArrayInternal().relu();
    }
    return mean(x, new int[] {2, 3}, false);
  }

  private NDArray convolution(Layers layers, String name, int index, NDArray x) {
    ConvolutionLayer layer = spec.layers().get(index);
    NDArray kernel =
        layers
            .weight(name + ConvolutionSpec.KERNEL)
            .reshape(
                layer.filters(), spec.channelsOf(index), layer.kernelHeight(), layer.kernelWidth());
    return Conv2d.conv2d(
            x,
            kernel,
            null,
            new Shape(layer.stride(), layer.stride()),
            new Shape(
                ConvolutionLayer.padding(layer.kernelHeight()),
                ConvolutionLayer.padding(layer.kernelWidth())))
        .get(0);
  }

  /** By the batch in training, which then is observed; by the running statistics otherwise. */
  private static NDArray norm(Layers layers, String name, NDArray x) {
    NDArray mean;
    NDArray variance;
    if (layers.training()) {
      mean = mean(x, ALL_BUT_CHANNELS, true);
      variance = mean(x.sub(mean).square(), ALL_BUT_CHANNELS, true);
      long places = x.size() / mean.size();
      // The running variance is that of all images, of which the batch is a sample.
      double unbiased = places / Math.max(1.0, places - 1.0);
      layers.observe(name + ConvolutionSpec.MEAN, mean);
      layers.observe(name + ConvolutionSpec.VARIANCE, variance.mul(unbiased));
    } else {
      mean = perChannel(layers.weight(name + ConvolutionSpec.MEAN));
      variance = perChannel(layers.weight(name + ConvolutionSpec.VARIANCE));
    }
    NDArray normed = x.sub(mean).div(variance.add(ConvolutionSpec.NORM_EPSILON).sqrt());
    return normed
        .mul(perChannel(layers.weight(name + ".norm.scale")))
        .add(perChannel(layers.weight(name + ".norm.shift")));
  }

  /** The engine's own mean takes one axis alone. */
  private static NDArray mean(NDArray x, int[] axes, boolean keep) {
    NDArray sum = x.sum(axes, keep);
    return sum.mul((double) sum.size() / x.size());
  }

  private static NDArray perChannel(NDArray vector) {
    return vector.reshape(1, vector.size(), 1, 1);
  }

  private float[] flat() {
    int size = images.values()[0].length;
    float[] flat = new float[images.size() * size];
    for (int row = 0; row < images.size(); row++) {
      System.arraycopy(images.values()[row], 0, flat, row * size, size);
    }
    return flat;
  }
}
