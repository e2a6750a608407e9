package io.distillstream.trainer.student;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * First weights drawn at random, a function of spec and seed alone.
 *
 * <p>Matrices, unless their family says otherwise: normal with standard deviation {@code 1 / √in},
 * those that write into the residual stream divided by {@code √(2 · blocks)} besides, so that its
 * variance does not grow with depth. Word vectors: {@link #EMBEDDING_DEVIATION}; position vectors:
 * a tenth of it. Norm scales 1; shifts and biases 0.
 */
public final class RandomStart {
  /** Of each component of a word vector; what the PCA start is scaled to as well. */
  public static final double EMBEDDING_DEVIATION = 0.2;

  private RandomStart() {}

  public static StudentWeights weights(StudentSpec spec, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    return new StudentWeights(spec, parameter -> tensor(spec, parameter, seeds.split()));
  }

  private static Tensor tensor(StudentSpec spec, Parameter parameter, SplittableRandom random) {
    float[] values = new float[parameter.size()];
    String name = parameter.name();
    if (name.endsWith(".scale")) {
      Arrays.fill(values, 1);
    } else if (parameter.isMatrix()) {
      for (int i = 0; i < values.length; i++) {
        double deviation = spec.deviation(parameter, i / parameter.columns());
        values[i] = deviation == 0 ? 0 : (float) (random.nextGaussian() * deviation);
      }
    }
    return new Tensor(parameter.shape(), values);
  }

  /** {@code 1 / √in}. */
  static double scaledByInputs(Parameter weight) {
    return 1 / Math.sqrt(weight.rows());
  }

  /**
   * Of a transformer's weights: {@code 1 / √in}, those that write into the residual stream divided
   * by {@code √(2 · blocks)} besides.
   */
  static double residualDeviation(Parameter weight, int blocks) {
    String name = weight.name();
    double deviation = scaledByInputs(weight);
    boolean residual = name.endsWith("attention.output.weight") || name.endsWith("outer.weight");
    return residual ? deviation / Math.sqrt(2.0 * blocks) : deviation;
  }
}
