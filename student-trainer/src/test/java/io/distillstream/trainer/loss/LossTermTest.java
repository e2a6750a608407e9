package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossTermTest {
  private static final SoftTarget ABSENT = new AbsentTarget(3);
  private static final SoftTarget FIRST = new DenseTarget(new float[] {2, -1, 0.5f});
  private static final SoftTarget SECOND = new DenseTarget(new float[] {0, 3, -2});
  private static final float[] A = {0.25f, 0.125f, -0.5f};
  private static final float[] B = {1.5f, -0.5f, 2};
  private static final float[] BROKEN = {Float.NaN, 1, 2};

  @Test
  void shouldLeaveRowsWithoutATargetOutOfTheMean() {
    float[][] padded = {A, BROKEN, B, BROKEN};
    List<SoftTarget> targets = List.of(FIRST, ABSENT, SECOND, ABSENT);
    float[][] dense = {A, B};
    LossTerm kl = LossTerm.distillation(padded, targets, Divergence.FORWARD_KL, 2);
    LossTerm same = LossTerm.distillation(dense, List.of(FIRST, SECOND), Divergence.FORWARD_KL, 2);
    assertThat(kl.value()).isEqualTo(same.value());
    assertThat(Arrays.copyOfRange(kl.gradient(), 0, 3))
        .isEqualTo(Arrays.copyOfRange(same.gradient(), 0, 3));
    assertThat(Arrays.copyOfRange(kl.gradient(), 6, 9))
        .isEqualTo(Arrays.copyOfRange(same.gradient(), 3, 6));
    assertThat(Arrays.copyOfRange(kl.gradient(), 3, 6)).containsOnly(0);
    assertThat(Arrays.copyOfRange(kl.gradient(), 9, 12)).containsOnly(0);
    // Even a truth does not make a row count that has no target.
    int[] truth = {-1, 2, 0, 1};
    assertThat(LossTerm.crossEntropy(padded, targets, truth).value())
        .isEqualTo(LossTerm.crossEntropy(dense, List.of(FIRST, SECOND), new int[] {-1, 0}).value());
  }

  @Test
  void shouldBeZeroWithoutAnyRowThatCounts() {
    List<SoftTarget> none = Collections.nCopies(2, ABSENT);
    LossTerm term = LossTerm.distillation(new float[][] {A, B}, none, Divergence.FORWARD_KL, 2);
    assertThat(term.value()).isZero();
    assertThat(term.gradient()).containsOnly(0);
  }

  @Test
  void shouldTakeTheTeachersAnswerWhereTheTruthIsUnknown() {
    List<SoftTarget> targets = List.of(FIRST, SECOND);
    float[][] student = {A, B};
    double unknown = LossTerm.crossEntropy(student, targets, new int[] {-1, -1}).value();
    assertThat(unknown)
        .isEqualTo(LossTerm.crossEntropy(student, targets, new int[] {0, 1}).value())
        .isNotEqualTo(LossTerm.crossEntropy(student, targets, new int[] {1, 1}).value());
  }

  @Test
  void shouldAddUp() {
    float[][] student = {A, B};
    List<SoftTarget> targets = List.of(FIRST, SECOND);
    LossTerm kl = LossTerm.distillation(student, targets, Divergence.FORWARD_KL, 2);
    LossTerm ce = LossTerm.crossEntropy(student, targets, new int[] {0, 1});
    LossTerm total = kl.times(0.7).plus(ce.times(0.3));
    assertThat(total.value()).isCloseTo(0.7 * kl.value() + 0.3 * ce.value(), within(1e-15));
    assertThat(total.gradient()[4])
        .isCloseTo(0.7 * kl.gradient()[4] + 0.3 * ce.gradient()[4], within(1e-15));
    assertThatThrownBy(() -> kl.plus(new LossTerm(0, new double[3])))
        .hasMessage("gradients of 6 and 3 values");
  }

  @ParameterizedTest
  @EnumSource(EmbeddingMatch.class)
  void shouldMatchTheRowsThatHaveAnEmbedding(EmbeddingMatch match) {
    float[][] embeddings = {{1, 0, 2}, {}, {0, -1, 0.5f}};
    float[][] projected = {A, BROKEN, B};
    LossTerm term = match.of(projected, embeddings);
    LossTerm same = match.of(new float[][] {A, B}, new float[][] {{1, 0, 2}, {0, -1, 0.5f}});
    assertThat(term.value()).isEqualTo(same.value());
    assertThat(Arrays.copyOfRange(term.gradient(), 3, 6)).containsOnly(0);
    assertThat(match.of(projected, new float[3][0]).value()).isZero();
    assertThat(match.of(embeddings(A), embeddings(A)).value()).isCloseTo(0, within(1e-12));
  }

  private static float[][] embeddings(float[] row) {
    return new float[][] {row};
  }

  @ParameterizedTest
  @EnumSource(EmbeddingMatch.class)
  void shouldHaveTheGradientOfItsValueForEmbeddings(EmbeddingMatch match) {
    SplittableRandom random = new SplittableRandom(6);
    float[][] x = rows(random);
    float[][] e = rows(random);
    double[] gradient = match.of(x, e).gradient();
    for (int i = 0; i < gradient.length; i++) {
      float center = x[i / 4][i % 4];
      x[i / 4][i % 4] = center + 0x1p-8f;
      double up = match.of(x, e).value();
      double upper = x[i / 4][i % 4];
      x[i / 4][i % 4] = center - 0x1p-8f;
      double slope = (up - match.of(x, e).value()) / (upper - x[i / 4][i % 4]);
      x[i / 4][i % 4] = center;
      assertThat(gradient[i]).isCloseTo(slope, within(2e-5));
    }
  }

  private static float[][] rows(SplittableRandom random) {
    float[][] rows = new float[3][4];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  @Test
  void shouldStayFiniteForAProjectionOfZero() {
    LossTerm term = EmbeddingMatch.COSINE.of(new float[1][3], new float[][] {{1, 2, 3}});
    assertThat(term.value()).isEqualTo(1);
    assertThat(Arrays.stream(term.gradient()).allMatch(Double::isFinite)).isTrue();
  }
}
