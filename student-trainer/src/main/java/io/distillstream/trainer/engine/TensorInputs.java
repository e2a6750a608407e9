package io.distillstream.trainer.engine;

import java.util.Arrays;

/**
 * Dense inputs of one shape, such as images. The arrays are taken over, not copied; they are read
 * only.
 *
 * @param shape of one record, such as {@code [channels, height, width]}
 * @param values per record, row-major
 */
@SuppressWarnings("ArrayRecordComponent")
public record TensorInputs(int[] shape, float[][] values) implements Inputs {
  /**
   * @throws IllegalArgumentException if there is no record, one has another number of values than
   *     the shape, or a value is not finite
   */
  public TensorInputs {
    int expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (values.length == 0) {
      throw new IllegalArgumentException("expected at least one record");
    }
    for (int row = 0; row < values.length; row++) {
      if (values[row].length != expected) {
        throw new IllegalArgumentException(
            "record %d has %d values, its shape %s asks for %d"
                .formatted(row, values[row].length, Arrays.toString(shape), expected));
      }
      for (float value : values[row]) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException("record %d has value %s".formatted(row, value));
        }
      }
    }
  }

  @Override
  public int size() {
    return values.length;
  }
}
