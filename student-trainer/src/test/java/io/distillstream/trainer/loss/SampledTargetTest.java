package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampledTargetTest {
  private static final float[] TEACHER = {2, -1, 0.5f, -3, 1.25f, 0, -0.5f};
  private static final float[] STUDENT = {0.25f, 0.125f, -0.5f, 1.5f, -0.75f, 1, 0};

  /**
   * Over 20,000 records of 5 draws each, mean value and mean gradient lie within 4.5 standard
   * errors of those of the full distribution: from the teacher's own (exponent 1), a flattened
   * (0.5) and a uniform one (0), whose draws are weighted. Renormalizing the top 3 instead misses
   * by far.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5, 0})
  void shouldEstimateValueAndGradientWithoutBias(double exponent) {
    SplittableRandom random = new SplittableRandom(5);
    int rounds = 20_000;
    int classes = TEACHER.length;
    double[] expected = new double[classes + 1];
    double[] exact = new double[classes];
    expected[classes] =
        new DenseTarget(TEACHER).distillation(STUDENT, Divergence.FORWARD_KL, 1, exact);
    System.arraycopy(exact, 0, expected, 0, classes);
    double[] sum = new double[classes + 1];
    double[] squares = new double[classes + 1];
    for (int round = 0; round < rounds; round++) {
      double[] gradient = new double[classes];
      double value =
          sample(random, exponent, 5).distillation(STUDENT, Divergence.FORWARD_KL, 1, gradient);
      for (int i = 0; i <= classes; i++) {
        double estimate = i < classes ? gradient[i] : value;
        sum[i] += estimate;
        squares[i] += estimate * estimate;
      }
    }
    for (int i = 0; i <= classes; i++) {
      double mean = sum[i] / rounds;
      double standardError = Math.sqrt((squares[i] / rounds - mean * mean) / rounds);
      assertThat(Math.abs(mean - expected[i])).as("entry %d", i).isLessThan(4.5 * standardError);
      assertThat(standardError).isLessThan(0.02);
    }
  }

  /**
   * The peer: the gradient of the three largest classes, renormalized, as many records keep them.
   */
  @Test
  void shouldBeNeededBecauseRenormalizedTopClassesAreBiased() {
    double[] exact = new double[TEACHER.length];
    new DenseTarget(TEACHER).distillation(STUDENT, Divergence.FORWARD_KL, 1, exact);
    double[] logP = LogSpace.logSoftmax(TEACHER, 1);
    double kept = Math.exp(logP[0]) + Math.exp(logP[4]) + Math.exp(logP[2]);
    double biased = Math.exp(LogSpace.logSoftmax(STUDENT, 1)[0]) - Math.exp(logP[0]) / kept;
    assertThat(Math.abs(biased - exact[0])).isGreaterThan(0.05);
  }

  private static SoftTarget sample(SplittableRandom random, double exponent, int draws) {
    double[] logP = LogSpace.logSoftmax(TEACHER, 1);
    double[] proposal = LogSpace.normalize(Arrays.stream(logP).map(p -> p * exponent).toArray());
    int[] counts = new int[logP.length];
    for (int draw = 0; draw < draws; draw++) {
      double left = random.nextDouble();
      int c = 0;
      while (c < counts.length - 1 && left >= Math.exp(proposal[c])) {
        left -= Math.exp(proposal[c++]);
      }
      counts[c]++;
    }
    int[] drawn = IntStream.range(0, counts.length).filter(c -> counts[c] > 0).toArray();
    float[] weights = new float[drawn.length];
    float[] logs = new float[drawn.length];
    for (int i = 0; i < drawn.length; i++) {
      int c = drawn[i];
      weights[i] = (float) (counts[c] * Math.exp(logP[c] - proposal[c]) / draws);
      logs[i] = (float) logP[c];
    }
    return new SampledTarget(counts.length, 0, drawn, weights, logs);
  }

  @Test
  void shouldNotUseTheTemperature() {
    SoftTarget target =
        new SampledTarget(7, 0, new int[] {0, 4}, new float[] {0.6f, 0.4f}, new float[] {-1, -2});
    assertThat(target.distillation(STUDENT, Divergence.FORWARD_KL, 8, new double[7]))
        .isEqualTo(target.kl(STUDENT));
  }

  @Test
  void shouldRefuseWhatItCannotEstimate() {
    SoftTarget target =
        new SampledTarget(7, 0, new int[] {0}, new float[] {1}, new float[] {-0.5f});
    assertThatThrownBy(() -> target.distillation(STUDENT, Divergence.REVERSE_KL, 1, new double[7]))
        .hasMessageContaining("estimates the forward KL");
  }

  @Test
  void shouldRefuseWhatNoDrawsCanBe() {
    refused("class 3 of 3", 0, new int[] {3}, new float[] {1}, new float[] {-1});
    refused("class 9 of 3", 9, new int[] {2}, new float[] {1}, new float[] {-1});
    refused("named twice", 0, new int[] {2, 2}, new float[] {1, 1}, new float[] {-1, -1});
    refused("weight 0.0", 0, new int[] {2}, new float[] {0}, new float[] {-1});
    refused("weight NaN", 0, new int[] {2}, new float[] {Float.NaN}, new float[] {-1});
    refused("log-probability 0.5", 0, new int[] {2}, new float[] {1}, new float[] {0.5f});
    refused("log-probability -Inf", 0, new int[] {2}, new float[] {1}, new float[] {-1 / 0f});
    refused("sum to 3.5", 0, new int[] {2}, new float[] {3.5f}, new float[] {-1});
    refused("1 weights", 0, new int[] {1, 2}, new float[] {1}, new float[] {-1, -1});
    refused("0 indices", 0, new int[0], new float[0], new float[0]);
  }

  private static void refused(
      String message, int answer, int[] indices, float[] weights, float[] logs) {
    assertThatThrownBy(() -> new SampledTarget(3, answer, indices, weights, logs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
