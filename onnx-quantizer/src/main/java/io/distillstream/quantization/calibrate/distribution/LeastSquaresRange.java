package io.distillstream.quantization.calibrate.distribution;

/**
 * The range with the least expected squared error of quantization, so that what clipping costs and
 * what a coarse scale costs are in balance.
 *
 * <p>Either bound moves in turn while the other rests: it is cut to fractions of what it was, first
 * in steps of 2^(1/4) down to a 1024th, then in steps of 2^(1/32) around the best, until neither
 * improves. The search begins with all that was seen, so the result is never worse than that.
 */
public final class LeastSquaresRange {
  private static final double COARSE_STEP = Math.pow(2, -1.0 / 4);
  private static final int COARSE_STEPS = 40;
  private static final double FINE_STEP = Math.pow(2, -1.0 / 32);
  private static final int FINE_STEPS = 7;

  private final Histogram histogram;
  private final int levels;
  private final Range bounds;
  private Range best;
  private double least;

  public LeastSquaresRange(Histogram histogram, int levels) {
    this.histogram = histogram;
    this.levels = levels;
    bounds = histogram.bounds();
    best = bounds;
    least = histogram.meanSquaredError(bounds, levels);
  }

  public Range best() {
    double before;
    do {
      before = least;
      moveMin();
      moveMax();
    } while (least < before);
    return best;
  }

  private void moveMin() {
    float max = best.max();
    double from = bounds.min();
    for (int step = 0; step <= COARSE_STEPS && from < 0; step++) {
      consider((float) (from * Math.pow(COARSE_STEP, step)), max);
    }
    double around = best.min();
    for (int step = -FINE_STEPS; step <= FINE_STEPS && around < 0; step++) {
      consider((float) Math.max(from, around * Math.pow(FINE_STEP, step)), max);
    }
  }

  private void moveMax() {
    float min = best.min();
    double from = bounds.max();
    for (int step = 0; step <= COARSE_STEPS && from > 0; step++) {
      consider(min, (float) (from * Math.pow(COARSE_STEP, step)));
    }
    double around = best.max();
    for (int step = -FINE_STEPS; step <= FINE_STEPS && around > 0; step++) {
      consider(min, (float) Math.min(from, around * Math.pow(FINE_STEP, step)));
    }
  }

  private void consider(float min, float max) {
    Range range = new Range(min, max);
    double error = histogram.meanSquaredError(range, levels);
    if (error < least) {
      least = error;
      best = range;
    }
  }
}
