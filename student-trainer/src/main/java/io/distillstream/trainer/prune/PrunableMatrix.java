package io.distillstream.trainer.prune;

import java.util.Arrays;

/**
 * Where one matrix and its moments lie.
 *
 * @param name of the parameter
 * @param weights all of its values, row-major
 * @param firstMoments of Adam, for each of them
 * @param secondMoments of Adam, for each of them
 */
public record PrunableMatrix(String name, Slice weights, Slice firstMoments, Slice secondMoments) {

  int size() {
    return weights.length();
  }

  /** Makes a weight 0, and Adam forget it. */
  void clear(int index) {
    for (Slice slice : Arrays.asList(weights, firstMoments, secondMoments)) {
      slice.values()[slice.offset() + index] = 0;
    }
  }
}
