package io.distillstream.quantization.data;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Arrays;
import java.util.List;

/** Fits values from a file to an input of the model, or says why they don't. */
public final class InputTensor {
  private InputTensor() {}

  /** Numbers with a fraction, for an input that takes such. */
  public static TensorValue of(Port input, float[] values, long[] shape, String place) {
    return TensorValue.of(values, fit(input, shape, place));
  }

  /** Whole numbers, for an input that takes such. */
  public static TensorValue of(Port input, long[] values, long[] shape, String place) {
    for (long value : values) {
      checkRange(input, value, place);
    }
    return TensorValue.of(values, fit(input, shape, place));
  }

  /** The shape with a batch axis of 1 in front, if it lacks one. */
  private static long[] fit(Port input, long[] shape, String place) {
    List<Dimension> expected = input.shape();
    // A rank of 0 also stands for a file that says nothing about the shape.
    long[] full =
        shape.length == expected.size() - 1 || expected.isEmpty() ? withBatch(shape) : shape;
    boolean fits = full.length == expected.size() || expected.isEmpty();
    for (int i = 0; fits && i < expected.size(); i++) {
      fits = !(expected.get(i) instanceof Dimension.Fixed fixed) || fixed.length() == full[i];
    }
    if (!fits) {
      throw new InvalidSamplesException(
          "%s: input %s takes %s, with or without the first axis; got %s"
              .formatted(place, input.name(), describe(expected), Arrays.toString(shape)));
    }
    return full;
  }

  private static long[] withBatch(long[] shape) {
    long[] full = new long[shape.length + 1];
    full[0] = 1;
    System.arraycopy(shape, 0, full, 1, shape.length);
    return full;
  }

  private static void checkRange(Port input, long value, String place) {
    boolean fits =
        switch (input.type()) {
          case UINT8 -> value >= 0 && value <= 255;
          case INT8 -> value == (byte) value;
          case INT32 -> value == (int) value;
          case BOOL -> value == 0 || value == 1;
          case INT64, FLOAT32, FLOAT16, FLOAT64 -> true;
        };
    if (!fits) {
      throw new InvalidSamplesException(
          "%s: input %s takes %s, got %d".formatted(place, input.name(), input.type(), value));
    }
  }

  /** As {@code [batch, 3, 224]}. */
  public static String describe(List<Dimension> shape) {
    return shape.stream()
        .map(
            dimension ->
                dimension instanceof Dimension.Fixed fixed
                    ? String.valueOf(fixed.length())
                    : ((Dimension.Symbolic) dimension).name())
        .toList()
        .toString();
  }

  /** Whether values of this input have a fraction. */
  public static boolean takesFloats(Port input) {
    return TensorValue.holdsFloats(input.type());
  }

  /** What a port takes, for errors. */
  public static String describe(Port input) {
    ElementType type = input.type();
    return "%s %s %s".formatted(input.name(), type, describe(input.shape()));
  }
}
