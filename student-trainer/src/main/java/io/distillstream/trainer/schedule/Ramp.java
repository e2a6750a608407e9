package io.distillstream.trainer.schedule;

/**
 * A value that goes from one number to another over a number of records, then stays.
 *
 * @param shape of the way
 * @param from value at record 0; positive for {@link Shape#EXPONENTIAL}
 * @param to value from record {@code records} on; positive for {@link Shape#EXPONENTIAL}
 * @param records length of the way; 0 means that {@code to} holds from the start
 */
public record Ramp(Shape shape, double from, double to, long records) {

  /** How a ramp goes; {@code x} is the share of the way, 0 to 1. */
  public enum Shape {
    /** {@code from} throughout. */
    CONSTANT {
      @Override
      double between(double from, double to, double x) {
        return from;
      }
    },
    /** {@code from + (to - from) x}. */
    LINEAR {
      @Override
      double between(double from, double to, double x) {
        return from + (to - from) * x;
      }
    },
    /** {@code to + (from - to) (1 + cos πx) / 2}: slow at both ends. */
    COSINE {
      @Override
      double between(double from, double to, double x) {
        return to + (from - to) * (1 + Math.cos(Math.PI * x)) / 2;
      }
    },
    /** {@code from (to / from)^x}: the same factor over equal stretches. */
    EXPONENTIAL {
      @Override
      double between(double from, double to, double x) {
        return from * Math.pow(to / from, x);
      }
    };

    abstract double between(double from, double to, double x);
  }

  public Ramp {
    if (records < 0 || !Double.isFinite(from) || !Double.isFinite(to)) {
      throw new IllegalArgumentException(
          "impossible ramp from %s to %s over %d records".formatted(from, to, records));
    }
    if (shape == Shape.EXPONENTIAL && (from <= 0 || to <= 0)) {
      throw new IllegalArgumentException(
          "an exponential ramp needs positive ends, got %s and %s".formatted(from, to));
    }
  }

  public static Ramp constant(double value) {
    return new Ramp(Shape.CONSTANT, value, value, 0);
  }

  /** Value at the given number of records learned. */
  public double at(long recordsLearned) {
    if (shape != Shape.CONSTANT && recordsLearned >= records) {
      return to;
    }
    return shape.between(from, to, records == 0 ? 0 : (double) recordsLearned / records);
  }
}
