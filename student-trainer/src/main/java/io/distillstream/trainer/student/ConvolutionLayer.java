package io.distillstream.trainer.student;

/**
 * The extent of one convolution. Images are padded by half a kernel, so that a stride of 1 keeps
 * the extent where the kernel's is odd.
 *
 * @param filters channels that go out
 * @param kernelHeight rows that a filter sees
 * @param kernelWidth columns that a filter sees
 * @param stride in both directions
 */
public record ConvolutionLayer(int filters, int kernelHeight, int kernelWidth, int stride) {
  public ConvolutionLayer {
    Extents.atLeast(1, filters, "filters");
    Extents.atLeast(1, kernelHeight, "kernelHeight");
    Extents.atLeast(1, kernelWidth, "kernelWidth");
    Extents.atLeast(1, stride, "stride");
  }

  /** With a square kernel. */
  public static ConvolutionLayer square(int filters, int kernel, int stride) {
    return new ConvolutionLayer(filters, kernel, kernel, stride);
  }

  int kernelSize() {
    return Math.multiplyExact(kernelHeight, kernelWidth);
  }

  /** Rows or columns of padding on each side. */
  public static int padding(int kernel) {
    return kernel / 2;
  }

  int outputExtent(int input, int kernel) {
    return Math.floorDiv(input + 2 * padding(kernel) - kernel, stride) + 1;
  }
}
