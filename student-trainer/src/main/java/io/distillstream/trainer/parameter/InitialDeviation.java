package io.distillstream.trainer.parameter;

/** Standard deviations of first values that are drawn at random. */
public final class InitialDeviation {
  /** Of each component of a word vector; what a start from the teacher's is scaled to as well. */
  public static final double WORD_VECTOR = 0.2;

  private InitialDeviation() {}

  /** {@code 1 / √in}. */
  public static double scaledByInputs(Parameter weight) {
    return 1 / Math.sqrt(weight.rows());
  }

  /**
   * Of a transformer's weights: {@code 1 / √in}, those that write into the residual stream divided
   * by {@code √(2 · blocks)} besides.
   */
  public static double residual(Parameter weight, int blocks) {
    String name = weight.name();
    double deviation = scaledByInputs(weight);
    boolean residual = name.endsWith("attention.output.weight") || name.endsWith("outer.weight");
    return residual ? deviation / Math.sqrt(2.0 * blocks) : deviation;
  }
}
