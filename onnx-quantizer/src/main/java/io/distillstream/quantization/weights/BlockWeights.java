package io.distillstream.quantization.weights;

import io.distillstream.onnx.Tensor;

/**
 * Vectors of weights in blocks along their length, each block with its own scale: {@code w ≈
 * scale[block] · (code − zero)}, where zero is 8 for 4 bits and 128 for 8.
 *
 * <p>The last block of a vector is filled up with zeros. In 4 bits a block may use its whole range
 * from −8 to 7 or be clipped a little, whichever leaves the least squared error; in 8 bits the
 * largest magnitude becomes ±127.
 */
public final class BlockWeights implements ScaledWeights {
  /** By how much less than its largest magnitude a 4-bit block's range may be tried to end. */
  private static final float[] CLIPS = {1, 0.95f, 0.9f, 0.85f, 0.8f};

  private final byte[] codes;
  private final float[] scales;
  private final Layout layout;
  private final WeightError error;

  /**
   * How vectors are cut.
   *
   * @param vectors how many there are
   * @param length of each
   * @param size of a block
   * @param bits 4 or 8
   */
  public record Layout(int vectors, int length, int size, int bits) {
    public Layout {
      if (bits != 4 && bits != 8) {
        throw new IllegalArgumentException("bits must be 4 or 8, were " + bits);
      }
    }

    /** Blocks of a vector. */
    public int blocks() {
      return (length + size - 1) / size;
    }

    /** What stands for zero. */
    public int zero() {
      return 1 << (bits - 1);
    }

    /** Largest code above zero; the smallest is one further below it in 4 bits. */
    int levels() {
      return zero() - 1;
    }
  }

  private BlockWeights(byte[] codes, float[] scales, Layout layout, WeightError error) {
    this.codes = codes;
    this.scales = scales;
    this.layout = layout;
    this.error = error;
  }

  /**
   * Quantizes vectors.
   *
   * @param weights {@code [vectors, length]}
   * @param halfScales whether scales will be held in fp16, so that rounding must reckon with it
   * @throws IllegalArgumentException if a weight is not finite, or too large for a scale in fp16
   */
  public static BlockWeights of(float[] weights, Layout layout, boolean halfScales) {
    if (weights.length != (long) layout.vectors() * layout.length()) {
      throw new IllegalArgumentException(
          "%d weights do not fill %s".formatted(weights.length, layout));
    }
    int padded = layout.blocks() * layout.size();
    byte[] codes = new byte[Math.multiplyExact(layout.vectors(), padded)];
    float[] scales = new float[layout.vectors() * layout.blocks()];
    WeightError.Sum error = new WeightError.Sum();
    BlockRounding rounding = new BlockRounding(layout, halfScales);
    for (int v = 0; v < layout.vectors(); v++) {
      for (int b = 0; b < layout.blocks(); b++) {
        int from = v * layout.length() + b * layout.size();
        int to = Math.min(from + layout.size(), (v + 1) * layout.length());
        int at = v * padded + b * layout.size();
        float scale = rounding.scale(weights, from, to, CLIPS);
        scales[v * layout.blocks() + b] = scale;
        for (int i = 0; i < layout.size(); i++) {
          float weight = from + i < to ? weights[from + i] : 0;
          int level = rounding.level(weight, scale);
          codes[at + i] = (byte) (level + layout.zero());
          if (from + i < to) {
            error.add(weight, level * scale);
          }
        }
      }
    }
    return new BlockWeights(codes, scales, layout, error.total());
  }

  public Layout layout() {
    return layout;
  }

  /**
   * The codes, {@code [vectors, blocks, size · bits / 8]}; of two 4-bit codes in a byte the first
   * is the lower one.
   */
  public Tensor packed(String name) {
    byte[] packed = packed(codes);
    long blob = (long) layout.size() * layout.bits() / Byte.SIZE;
    return Tensor.uint8(name, packed, layout.vectors(), layout.blocks(), blob);
  }

  /** The codes without those that fill up, {@code [vectors, length · bits / 8]}; length even. */
  public Tensor packedRows(String name) {
    int padded = layout.blocks() * layout.size();
    byte[] rows = new byte[layout.vectors() * layout.length()];
    for (int v = 0; v < layout.vectors(); v++) {
      System.arraycopy(codes, v * padded, rows, v * layout.length(), layout.length());
    }
    long width = (long) layout.length() * layout.bits() / Byte.SIZE;
    return Tensor.uint8(name, packed(rows), layout.vectors(), width);
  }

  private byte[] packed(byte[] unpacked) {
    if (layout.bits() == 8) {
      return unpacked;
    }
    byte[] packed = new byte[unpacked.length / 2];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (byte) (unpacked[2 * i] | unpacked[2 * i + 1] << 4);
    }
    return packed;
  }

  /** One per block, {@code [vectors · blocks]}; not a copy. */
  @Override
  public float[] scales() {
    return scales;
  }

  /** What is left of the weights, {@code [vectors, length]}. */
  @Override
  public float[] restored() {
    int padded = layout.blocks() * layout.size();
    float[] restored = new float[layout.vectors() * layout.length()];
    for (int i = 0; i < restored.length; i++) {
      int at = i / layout.length() * padded + i % layout.length();
      int code = Byte.toUnsignedInt(codes[at]);
      restored[i] = (code - layout.zero()) * scales[at / layout.size()];
    }
    return restored;
  }

  /** Space of the codes and of scales in fp32 in a file. */
  @Override
  public long bytes() {
    return (long) codes.length * layout.bits() / Byte.SIZE + (long) Float.BYTES * scales.length;
  }

  @Override
  public WeightError error() {
    return error;
  }

  @Override
  public String toString() {
    return "BlockWeights[%s]".formatted(layout);
  }
}
