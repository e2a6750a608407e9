package io.distillstream.local.evaluate.score;

import java.util.OptionalDouble;

/** Shares and means, which do not exist over nothing. */
final class Ratio {

  private Ratio() {}

  static OptionalDouble share(long part, long whole) {
    return mean((double) part, whole);
  }

  static OptionalDouble mean(double sum, long count) {
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }
}
