package io.distillstream.quantization.weights;

import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.onnx.Tensor;
import java.util.Arrays;

/**
 * A constant as 8-bit integers with one scale per channel, {@code w ≈ scale[channel] · value}, on
 * whatever axis the channels lie: its values are seen as {@code [outer, channels, inner]}.
 *
 * <p>Rounds as {@link ColumnQuantization} does, bit for bit.
 */
public final class Int8Weights implements ScaledWeights {
  private final byte[] values;
  private final float[] scales;
  private final Shape shape;
  private final WeightError error;

  /**
   * Where the channels lie.
   *
   * @param outer product of the axes before theirs
   * @param channels length of their axis
   * @param inner product of the axes after theirs
   */
  public record Shape(int outer, int channels, int inner) {
    /** A matrix {@code [rows, columns]} whose columns are the channels. */
    public static Shape columns(int rows, int columns) {
      return new Shape(rows, columns, 1);
    }

    /** A constant whose first axis is the channels, as a convolution's kernel has them. */
    public static Shape first(int channels, int inner) {
      return new Shape(1, channels, inner);
    }

    int elements() {
      return Math.multiplyExact(Math.multiplyExact(outer, channels), inner);
    }

    int channel(int index) {
      return index / inner % channels;
    }
  }

  private Int8Weights(byte[] values, float[] scales, Shape shape, WeightError error) {
    this.values = values;
    this.scales = scales;
    this.shape = shape;
    this.error = error;
  }

  /**
   * Quantizes a constant.
   *
   * @param weights row-major
   * @param levels largest magnitude of a value, at most 127
   * @throws IllegalArgumentException if a weight is not finite
   */
  public static Int8Weights of(float[] weights, Shape shape, Granularity granularity, int levels) {
    return of(weights, shape, granularity, levels, PreviousWeights.Held.NOTHING);
  }

  /**
   * Quantizes a constant, keeping scales and levels of the version before as far as its hysteresis
   * says; where that one has other channels, nothing of it, but room is left for the next.
   *
   * @param weights row-major
   * @param levels largest magnitude of a value, at most 127
   * @param before what the constant was held in
   * @throws IllegalArgumentException if a weight is not finite
   */
  public static Int8Weights of(
      float[] weights,
      Shape shape,
      Granularity granularity,
      int levels,
      PreviousWeights.Held before) {
    if (weights.length != shape.elements()) {
      throw new IllegalArgumentException(
          "%d weights do not fill %s".formatted(weights.length, shape));
    }
    float[] largest = largest(weights, shape, granularity);
    PreviousWeights.Held same = before.shaped(weights.length, largest.length);
    float[] scales = scales(largest, levels, same);
    PreviousWeights.Held held = inScales(same, scales, shape);
    byte[] values = new byte[weights.length];
    WeightError.Sum error = new WeightError.Sum();
    int row = shape.channels() * shape.inner();
    for (int from = 0; from < weights.length; from += row) {
      for (int i = from; i < from + row; i++) {
        values[i] = ColumnQuantization.level(weights[i], scale(scales, shape, i));
      }
      if (!held.isNothing() && keeps(held, weights, values, scales, shape, from, levels)) {
        System.arraycopy(held.levels(), from, values, from, row);
      }
      for (int i = from; i < from + row; i++) {
        error.add(weights[i], values[i] * scale(scales, shape, i));
      }
    }
    return new Int8Weights(values, scales, shape, error.total());
  }

  /**
   * The version before in the scales of this one: a row that has not moved stays, although it has
   * other levels in a column whose scale has moved.
   */
  private static PreviousWeights.Held inScales(
      PreviousWeights.Held held, float[] scales, Shape shape) {
    byte[] levels = held.levels().clone();
    for (int i = 0; i < levels.length; i++) {
      float before = scale(held.scales(), shape, i);
      float now = scale(scales, shape, i);
      if (before != now) {
        levels[i] = ColumnQuantization.level(levels[i] * before, now);
      }
    }
    return new PreviousWeights.Held(levels, scales, held.hysteresis());
  }

  private static float scale(float[] scales, Shape shape, int index) {
    return scales[scales.length == 1 ? 0 : shape.channel(index)];
  }

  /**
   * Whether the row that begins at an index keeps its levels.
   *
   * @param rounded what it would have instead
   */
  private static boolean keeps(
      PreviousWeights.Held held,
      float[] weights,
      byte[] rounded,
      float[] scales,
      Shape shape,
      int from,
      int levels) {
    double squares = 0;
    double keptError = 0;
    double roundedError = 0;
    for (int i = from; i < from + shape.channels() * shape.inner(); i++) {
      if (Math.abs(held.levels()[i]) > levels) {
        return false;
      }
      double scale = scale(scales, shape, i);
      double kept = weights[i] - held.levels()[i] * scale;
      double fresh = weights[i] - rounded[i] * scale;
      squares += (double) weights[i] * weights[i];
      keptError += kept * kept;
      roundedError += fresh * fresh;
    }
    return held.hysteresis().stays(keptError, roundedError, squares);
  }

  private static float[] largest(float[] weights, Shape shape, Granularity granularity) {
    float[] largest = new float[granularity == Granularity.PER_TENSOR ? 1 : shape.channels()];
    int run = largest.length == 1 ? weights.length : shape.inner();
    int channel = 0;
    for (int from = 0; from < weights.length; from += run) {
      for (int i = from; i < from + run; i++) {
        float magnitude = Math.abs(weights[i]);
        if (!(magnitude <= Float.MAX_VALUE)) {
          throw new IllegalArgumentException("weight %d is %s".formatted(i, weights[i]));
        }
        largest[channel] = Math.max(largest[channel], magnitude);
      }
      channel = channel + 1 < largest.length ? channel + 1 : 0;
    }
    return largest;
  }

  private static float[] scales(float[] largest, int levels, PreviousWeights.Held held) {
    float[] scales = new float[largest.length];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = held.scale(c, ColumnQuantization.scale(largest[c], levels));
    }
    return scales;
  }

  /** Row-major, in the order of the constant; not a copy. */
  public byte[] values() {
    return values;
  }

  /** One per channel, or a single one for all; not a copy. */
  @Override
  public float[] scales() {
    return scales;
  }

  /** The same times a factor. */
  public float[] scales(float factor) {
    float[] scaled = scales.clone();
    for (int c = 0; c < scaled.length; c++) {
      scaled[c] *= factor;
    }
    return scaled;
  }

  /** The integers as a constant of a graph. */
  public Tensor tensor(String name, WeightForm form, long... dims) {
    return switch (form) {
      case SIGNED, SIGNED_7_BIT -> Tensor.int8(name, values, dims);
      case UNSIGNED -> {
        byte[] moved = new byte[values.length];
        for (int i = 0; i < moved.length; i++) {
          moved[i] = (byte) (values[i] + form.zeroPoint());
        }
        yield Tensor.uint8(name, moved, dims);
      }
    };
  }

  /**
   * The same with its second and third axis swapped.
   *
   * @param outer length of the first axis
   * @param rows length of the second axis
   */
  public Int8Weights swapped(int outer, int rows) {
    int columns = values.length / outer / rows;
    byte[] swapped = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      int matrix = i / (rows * columns);
      int row = i / columns % rows;
      swapped[(matrix * columns + i % columns) * rows + row] = values[i];
    }
    return new Int8Weights(swapped, scales, shape, error);
  }

  /** What is left of the weights. */
  @Override
  public float[] restored() {
    float[] restored = new float[values.length];
    for (int i = 0; i < restored.length; i++) {
      restored[i] = values[i] * scale(scales, shape, i);
    }
    return restored;
  }

  /** Space of integers and scales in a file. */
  @Override
  public long bytes() {
    return values.length + (long) Float.BYTES * scales.length;
  }

  @Override
  public WeightError error() {
    return error;
  }

  @Override
  public String toString() {
    return "Int8Weights[%s, scales %s]".formatted(shape, Arrays.toString(scales));
  }
}
