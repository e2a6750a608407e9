package io.distillstream.quantization.search;

import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The way from the smallest plan to fp32, one layer a step, what takes most error off per byte
 * first.
 *
 * <p>The error of a plan is taken for the sum of its layers' errors, so of all plans of its size
 * each plan on the way has the least error, as long as steps are small against the whole: the
 * greedy solution of rate-distortion allocation (Shoham and Gersho 1988, "Efficient bit allocation
 * for an arbitrary set of quantizers"). Of a layer's rungs those that are not on the lower convex
 * hull of error over bytes are skipped, which makes the gains of its steps fall.
 */
final class Climb {
  private final PrecisionPlan bottom;
  private final List<Step> steps;

  /** One layer from one rung to the next. */
  record Step(String layer, Precision to, double errorTakenOff, long bytesAdded) {
    double gain() {
      return errorTakenOff / bytesAdded;
    }
  }

  /**
   * A layer held in one precision.
   *
   * @param bytes it takes then
   * @param error of the answers if it alone is held so
   */
  record Rung(Precision precision, long bytes, double error) {}

  private Climb(PrecisionPlan bottom, List<Step> steps) {
    this.bottom = bottom;
    this.steps = List.copyOf(steps);
  }

  /**
   * Plans the way.
   *
   * @param rungs of each layer, the smallest first, at least one
   */
  static Climb over(Map<String, List<Rung>> rungs) {
    PrecisionPlan bottom = PrecisionPlan.FP32;
    List<Step> steps = new ArrayList<>();
    for (Map.Entry<String, List<Rung>> layer : rungs.entrySet()) {
      List<Rung> hull = hull(layer.getValue());
      bottom = bottom.with(layer.getKey(), layer.getValue().get(0).precision());
      for (int i = 1; i < hull.size(); i++) {
        Rung from = hull.get(i - 1);
        Rung to = hull.get(i);
        steps.add(
            new Step(
                layer.getKey(),
                to.precision(),
                from.error() - to.error(),
                to.bytes() - from.bytes()));
      }
    }
    // The sort is stable: a layer's own steps, whose gains fall, stay in order among equals.
    steps.sort(Comparator.comparingDouble(Step::gain).reversed());
    return new Climb(bottom, steps);
  }

  /** The lower convex hull of error over bytes, from the first rung to the least error. */
  private static List<Rung> hull(List<Rung> rungs) {
    List<Rung> hull = new ArrayList<>(List.of(rungs.get(0)));
    for (Rung rung : rungs.subList(1, rungs.size())) {
      Rung last = hull.get(hull.size() - 1);
      if (rung.bytes() <= last.bytes() || !(rung.error() < last.error())) {
        continue;
      }
      while (hull.size() > 1
          && slope(hull.get(hull.size() - 1), rung)
              > slope(hull.get(hull.size() - 2), hull.get(hull.size() - 1))) {
        hull.remove(hull.size() - 1);
      }
      hull.add(rung);
    }
    return hull;
  }

  /** Error taken off per byte from one to the other. */
  private static double slope(Rung from, Rung to) {
    return (from.error() - to.error()) / (to.bytes() - from.bytes());
  }

  /** All layers on their first rung. */
  PrecisionPlan bottom() {
    return bottom;
  }

  /** The steps in order. */
  List<Step> steps() {
    return steps;
  }

  /** The plan after so many steps. */
  PrecisionPlan after(int count) {
    PrecisionPlan plan = bottom;
    for (Step step : steps.subList(0, count)) {
      plan = plan.with(step.layer(), step.to());
    }
    return plan;
  }
}
