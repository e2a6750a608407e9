package io.distillstream.trainer.schedule;

/**
 * A temperature that follows the student instead of a clock: it keeps the softened teacher a given
 * entropy above the student.
 *
 * <pre>
 * gap   = H(teacher at τ) - H(student)                          mean over a step's rows, nats
 * log τ = clamp(log τ + rate · (target - gap) · records/1000)   to [log least, log most]
 * </pre>
 *
 * <p>The teacher's entropy grows with τ, so this is integral control of the gap. A fresh student is
 * unsure and gets a soft teacher, which shows it how all classes relate; as it gets surer the
 * teacher hardens with it, and softens again where a change of the stream makes the student unsure.
 * Deterministic; its state is τ alone. Steps whose targets do not tell the teacher's entropy leave
 * τ as it is.
 *
 * @param target of the gap, nats
 * @param rate change of log τ per nat of error and 1,000 records
 * @param start τ before the first record
 * @param least lower bound of τ, at least 1
 * @param most upper bound of τ
 */
public record AdaptiveTemperature(
    double target, double rate, double start, double least, double most) {

  public AdaptiveTemperature {
    if (!Double.isFinite(target)
        || !(rate > 0 && Double.isFinite(rate))
        || !(least >= 1 && least <= start && start <= most && Double.isFinite(most))) {
      throw new IllegalArgumentException(
          "impossible temperature: gap %s, rate %s, %s within %s and %s"
              .formatted(target, rate, start, least, most));
    }
  }

  /**
   * τ of the next step.
   *
   * @param temperature of the last step
   * @param gap that step measured
   * @param records of that step
   */
  public double next(double temperature, double gap, int records) {
    if (!Double.isFinite(gap)) {
      return temperature;
    }
    return clamp(temperature * Math.exp(rate * (target - gap) * records / 1_000));
  }

  /**
   * τ after the stream changed: at least so far on the way, by equal factors, from the least to the
   * most.
   *
   * @param share of the way, 0 to 1
   */
  public double raised(double temperature, double share) {
    return clamp(Math.max(temperature, least * Math.pow(most / least, share)));
  }

  private double clamp(double temperature) {
    return Math.max(least, Math.min(most, temperature));
  }
}
