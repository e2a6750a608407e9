package io.distillstream.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The golden values come from NumPy in double precision:
 *
 * <pre>
 * T = np.array([[2., -1., .5], [0., 3., -2.]]); S = np.array([[.3, .1, -.4], [1.5, -.5, 2.]])
 * ls = lambda x: x - np.log(np.exp(x).sum(1, keepdims=True))
 * p, q = ls(T / tau), ls(S / tau)
 * kl = tau**2 * (np.exp(p) * (p - q)).sum(1).mean(); ce = -ls(S)[np.arange(2), y].mean()
 * </pre>
 */
class DistillationLossTest {
  private static final float[][] TEACHER = {{2, -1, 0.5f}, {0, 3, -2}};
  private static final float[][] STUDENT = {{0.3f, 0.1f, -0.4f}, {1.5f, -0.5f, 2}};

  @ParameterizedTest
  @CsvSource({
    "1, 1.0, -1, 1.516981584799478, 1.9317276300224262",
    "2, 0.9,  2, 2.362401755120971, 2.2817276300224263",
    "8, 0.6,  0, 2.806478227139437, 1.9317276300224262",
  })
  void shouldEqualTheGoldenValues(
      double temperature, double alpha, int firstTruth, double kl, double crossEntropy) {
    DistillationLoss loss =
        DistillationLoss.of(STUDENT, batch(firstTruth, TrainingBatch.UNKNOWN), temperature, alpha);
    assertThat(loss.kl()).isCloseTo(kl, within(1e-6));
    assertThat(loss.crossEntropy()).isCloseTo(crossEntropy, within(1e-6));
    assertThat(loss.total()).isCloseTo(alpha * kl + (1 - alpha) * crossEntropy, within(1e-6));
  }

  @Test
  void shouldEqualTheGoldenGradient() {
    // g = a*tau*(np.exp(ls(S/tau)) - np.exp(ls(T/tau))) + (1-a)*(np.exp(ls(S)) - np.eye(3)[y])
    // g / 2 for tau = 2, a = 0.9, y = [2, 1]
    float[] gradient = DistillationLoss.of(STUDENT, batch(2, 1), 2, 0.9).gradient();
    assertThat(gradient)
        .containsExactly(
            new float[] {-0.1643323f, 0.2113089f, -0.0469766f, 0.2034806f, -0.6122605f, 0.4087799f},
            within(2e-7f));
  }

  @Test
  void shouldHaveTheGradientOfItsValue() {
    SplittableRandom random = new SplittableRandom(1);
    for (double temperature : new double[] {1, 3, 8}) {
      float[][] student = logits(random, 1);
      TrainingBatch batch =
          new TrainingBatch(
              new TokenInputs(new int[4][1]), logits(random, 2), new int[] {-1, 2, 0, -1});
      float[] gradient = DistillationLoss.of(student, batch, temperature, 0.7).gradient();
      for (int i = 0; i < gradient.length; i++) {
        float center = student[i / 5][i % 5];
        // A power of two, so that the nudged logits are exact enough.
        float step = 0x1p-7f;
        student[i / 5][i % 5] = center + step;
        double up = DistillationLoss.of(student, batch, temperature, 0.7).total();
        double upper = student[i / 5][i % 5];
        student[i / 5][i % 5] = center - step;
        double down = DistillationLoss.of(student, batch, temperature, 0.7).total();
        double lower = student[i / 5][i % 5];
        student[i / 5][i % 5] = center;
        assertThat((double) gradient[i]).isCloseTo((up - down) / (upper - lower), within(3e-5));
      }
    }
  }

  @Test
  void shouldNeverHaveANegativeKl() {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 500; round++) {
      float scale = (float) Math.exp(random.nextGaussian() * 2);
      TrainingBatch batch =
          new TrainingBatch(new TokenInputs(new int[4][1]), logits(random, scale), new int[4]);
      DistillationLoss loss =
          DistillationLoss.of(logits(random, scale), batch, 1 + 9 * random.nextDouble(), 1);
      assertThat(loss.kl()).isGreaterThanOrEqualTo(-1e-12);
    }
  }

  @Test
  void shouldVanishWithItsGradientWhereStudentAndTeacherAgree() {
    DistillationLoss loss = DistillationLoss.of(TEACHER, batch(0, 1), 4, 1);
    assertThat(loss.total()).isCloseTo(0, within(1e-12));
    assertThat(loss.gradient()).containsExactly(new float[6], within(1e-9f));
  }

  @Test
  void shouldTakeTheTeachersAnswerWhereTheTruthIsUnknown() {
    double unknown =
        DistillationLoss.of(STUDENT, batch(TrainingBatch.UNKNOWN, TrainingBatch.UNKNOWN), 2, 0)
            .total();
    assertThat(unknown).isEqualTo(DistillationLoss.of(STUDENT, batch(0, 1), 2, 0).total());
    assertThat(unknown).isNotEqualTo(DistillationLoss.of(STUDENT, batch(1, 1), 2, 0).total());
  }

  @Test
  void shouldStayFiniteForLargeLogits() {
    float[][] far = {{-3e4f, 3e4f, 0}, {3e4f, -3e4f, 0}};
    DistillationLoss loss = DistillationLoss.of(far, batch(0, 1), 1, 0.5);
    assertThat(loss.total()).isFinite().isGreaterThan(1e4);
  }

  @Test
  void shouldTellOfLogitsThatAreNotFinite() {
    float[][] broken = {{0, Float.NaN, 0}, {0, 0, 0}};
    assertThat(DistillationLoss.of(broken, batch(0, 1), 2, 0.9).total()).isNaN();
  }

  private static TrainingBatch batch(int... truth) {
    return new TrainingBatch(new TokenInputs(new int[][] {{1}, {1}}), TEACHER, truth);
  }

  private static float[][] logits(SplittableRandom random, float scale) {
    float[][] logits = new float[4][5];
    for (float[] row : logits) {
      for (int c = 0; c < row.length; c++) {
        row[c] = (float) random.nextGaussian() * scale;
      }
    }
    return logits;
  }
}
