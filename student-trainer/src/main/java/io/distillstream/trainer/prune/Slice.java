package io.distillstream.trainer.prune;

/** Some values in a row of a longer array, which is not copied. */
@SuppressWarnings("ArrayRecordComponent")
public record Slice(float[] values, int offset, int length) {
  public Slice {
    if (offset < 0 || length < 0 || offset > values.length - length) {
      throw new IllegalArgumentException(
          "no %d values from %d on among %d".formatted(length, offset, values.length));
    }
  }
}
