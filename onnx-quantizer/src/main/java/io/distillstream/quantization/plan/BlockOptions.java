package io.distillstream.quantization.plan;

/**
 * How weights in blocks are held and used.
 *
 * @param size weights of a product, or of a row of a table, that share a scale: a power of two from
 *     16 to 256
 * @param kernels who multiplies with them
 */
public record BlockOptions(int size, Kernels kernels) {
  /** Blocks of 32, integer kernels. */
  public static final BlockOptions DEFAULTS = new BlockOptions(32, Kernels.INTEGER);

  /** What happens to weights in blocks when the model runs. */
  public enum Kernels {
    /**
     * ONNX Runtime's MatMulNBits with 8-bit activations in blocks ({@code accuracy_level} 4): fast,
     * small in memory, rounds activations as well.
     */
    INTEGER,
    /**
     * ONNX Runtime's MatMulNBits with fp32 activations: small in memory, exact but for the weights.
     */
    DECIMAL,
    /**
     * Standard operators expand them once when the model is loaded: fp32 speed and fp32 memory, and
     * any ONNX engine runs it.
     */
    AT_LOAD
  }

  public BlockOptions {
    if (size < 16 || size > 256 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "size must be a power of two from 16 to 256, was %d".formatted(size));
    }
  }
}
