package io.distillstream.teacher.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a model gave to a batch, on the heap.
 *
 * @param values row-major, as many as the shape says; not a copy
 * @param shape {@code [texts, classes]}, if the model is a classifier
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScoreTable(float[] values, long[] shape) {

  boolean isOf(int texts, int classes) {
    return Arrays.equals(shape, new long[] {texts, classes});
  }

  /** Of each text {@code [classes]}. */
  List<float[]> rows() {
    int classes = (int) shape[1];
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < values.length; from += classes) {
      rows.add(Arrays.copyOfRange(values, from, from + classes));
    }
    return rows;
  }
}
