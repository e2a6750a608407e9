package io.distillstream.local.evaluate.score;

import java.util.OptionalDouble;

/** A share that does not exist where there is nothing to share. */
final class Ratio {

  private Ratio() {}

  static OptionalDouble of(double part, long whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of(part / whole);
  }
}
