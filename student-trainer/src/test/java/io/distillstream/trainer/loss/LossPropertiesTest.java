package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.loss.Divergence.JensenShannon;
import io.distillstream.wire.opinion.LogMath;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every divergence on every kind of target that tells the whole distribution. */
class LossPropertiesTest {
  private static final int CLASSES = 7;
  private static final double[] TEMPERATURES = {1, 2.5, 8};
  private static final List<Divergence> DIVERGENCES =
      List.of(
          Divergence.FORWARD_KL,
          Divergence.REVERSE_KL,
          new JensenShannon(0.5),
          new JensenShannon(0.1),
          new JensenShannon(0.9));

  /** What a teacher with these logits would have sent. */
  private enum Kind {
    DENSE {
      @Override
      SoftTarget of(float[] logits) {
        return new DenseTarget(logits);
      }
    },
    TOP_1 {
      @Override
      SoftTarget of(float[] logits) {
        return topK(logits, 1);
      }
    },
    TOP_3 {
      @Override
      SoftTarget of(float[] logits) {
        return topK(logits, 3);
      }
    };

    abstract SoftTarget of(float[] logits);
  }

  static Stream<Arguments> everything() {
    return DIVERGENCES.stream()
        .flatMap(
            divergence -> Stream.of(Kind.values()).map(kind -> Arguments.of(divergence, kind)));
  }

  @ParameterizedTest
  @MethodSource("everything")
  void shouldHaveTheGradientOfItsValue(Divergence divergence, Kind kind) {
    SplittableRandom random = new SplittableRandom(1);
    for (double temperature : TEMPERATURES) {
      SoftTarget target = kind.of(logits(random, 2));
      float[] student = logits(random, 2);
      double[] gradient = new double[CLASSES];
      target.distillation(student, divergence, temperature, gradient);
      for (int c = 0; c < CLASSES; c++) {
        // A power of two, so that the nudged logits are exact.
        double numeric = slope(target, student, divergence, temperature, c, 0x1p-8f);
        assertThat(gradient[c])
            .as("class %d at τ %s", c, temperature)
            .isCloseTo(numeric, within(2e-5));
      }
    }
  }

  private static double slope(
      SoftTarget target, float[] student, Divergence divergence, double tau, int at, float step) {
    double[] unused = new double[CLASSES];
    float[] up = student.clone();
    float[] down = student.clone();
    up[at] += step;
    down[at] -= step;
    return (target.distillation(up, divergence, tau, unused)
            - target.distillation(down, divergence, tau, unused))
        / ((double) up[at] - down[at]);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void shouldNeverBeNegative(Divergence divergence, Kind kind) {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 300; round++) {
      double scale = Math.exp(2 * random.nextGaussian());
      double temperature = 1 + 9 * random.nextDouble();
      double value =
          kind.of(logits(random, scale))
              .distillation(logits(random, scale), divergence, temperature, new double[CLASSES]);
      assertThat(value).isGreaterThanOrEqualTo(-1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("everything")
  void shouldVanishWithItsGradientWhereStudentAndTeacherAgree(Divergence divergence, Kind kind) {
    SplittableRandom random = new SplittableRandom(3);
    for (double temperature : TEMPERATURES) {
      float[] logits = logits(random, 3);
      double[] gradient = new double[CLASSES];
      // The tail's log-mass is binary32.
      assertThat(kind.of(logits).distillation(logits, divergence, temperature, gradient))
          .isCloseTo(0, within(1e-10));
      assertThat(gradient).containsExactly(new double[CLASSES], within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("everything")
  void shouldNotSeeAShiftOfAllLogits(Divergence divergence, Kind kind) {
    SplittableRandom random = new SplittableRandom(4);
    for (double temperature : TEMPERATURES) {
      float[] teacher = logits(random, 2);
      float[] student = logits(random, 2);
      double[] gradient = new double[CLASSES];
      double value = kind.of(teacher).distillation(student, divergence, temperature, gradient);
      double[] shiftedGradient = new double[CLASSES];
      double shifted =
          kind.of(shifted(teacher, 16))
              .distillation(shifted(student, -32), divergence, temperature, shiftedGradient);
      assertThat(shifted).isCloseTo(value, within(1e-4));
      assertThat(shiftedGradient).containsExactly(gradient, within(1e-4));
      assertThat(Arrays.stream(gradient).sum()).isCloseTo(0, within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("everything")
  void shouldStayFiniteForLargeLogitsAndTellOfNaN(Divergence divergence, Kind kind) {
    float[] far = {3e4f, -3e4f, 0, 1, 2, 3, -6e4f};
    float[] student = {-3e4f, 3e4f, 0, -1, 5, 3, 6e4f};
    double[] gradient = new double[CLASSES];
    assertThat(kind.of(far).distillation(student, divergence, 1, gradient)).isFinite();
    assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).isTrue();
    student[4] = Float.NaN;
    assertThat(kind.of(far).distillation(student, divergence, 2, gradient)).isNaN();
  }

  static SoftTarget topK(float[] logits, int k) {
    int[] order =
        Stream.iterate(0, c -> c + 1)
            .limit(logits.length)
            .sorted((a, b) -> Float.compare(logits[b], logits[a]))
            .mapToInt(c -> c)
            .toArray();
    float[] top = new float[k];
    for (int i = 0; i < k; i++) {
      top[i] = logits[order[i]];
    }
    double[] tail = new double[logits.length - k];
    for (int i = 0; i < tail.length; i++) {
      tail[i] = logits[order[k + i]];
    }
    return new TopKTarget(logits.length, Arrays.copyOf(order, k), top, (float) LogMath.sum(tail));
  }

  static float[] logits(SplittableRandom random, double scale) {
    float[] logits = new float[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      logits[c] = (float) (random.nextGaussian() * scale);
    }
    return logits;
  }

  private static float[] shifted(float[] logits, float by) {
    float[] shifted = new float[logits.length];
    for (int c = 0; c < logits.length; c++) {
      shifted[c] = logits[c] + by;
    }
    return shifted;
  }
}
