package io.distillstream.trainer.start;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.InitialDeviation;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * First weights drawn at random, a function of spec and seed alone.
 *
 * <p>Matrices, unless their family says otherwise: normal with standard deviation {@code 1 / √in},
 * those that write into the residual stream divided by {@code √(2 · blocks)} besides, so that its
 * variance does not grow with depth. Word vectors: {@link InitialDeviation#WORD_VECTOR}; position
 * vectors: a tenth of it. Norm scales 1; shifts and biases 0.
 */
public final class RandomStart {
  private RandomStart() {}

  public static StudentWeights weights(StudentSpec spec, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    return new StudentWeights(spec, parameter -> tensor(spec, parameter, seeds.split()));
  }

  private static FloatTensor tensor(
      StudentSpec spec, Parameter parameter, SplittableRandom random) {
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
    return new FloatTensor(parameter.shape(), values);
  }
}
