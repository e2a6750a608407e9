package io.distillstream.model;

/** Which class a model gives: the one with the largest logit, the first of equals. */
public final class ArgMax {
  private ArgMax() {}

  /** Index of the largest of these values, of which there is at least one. */
  public static int of(float[] values) {
    return of(values, 0, values.length);
  }

  /**
   * Index of the largest of the values from {@code start} on, counted from there.
   *
   * @param length number of values, at least one
   */
  public static int of(float[] values, int start, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (values[start + i] > values[start + best]) {
        best = i;
      }
    }
    return best;
  }
}
