package io.distillstream.trainer.prune;

import static io.distillstream.trainer.prune.PruningMemory.PRUNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImportanceTest {
  private final float[] a = {0.5f, -0.1f, 0.9f, 0.3f};
  private final float[] b = {-4, 0.2f, 7, 5, -0.4f, 6};
  private final List<ArrayMatrix> arrays = List.of(matrix("a", a), matrix("b", b));
  private final List<PrunableMatrix> matrices = List.copyOf(arrays);
  private final Importance importance = new Importance(PruningMemory.NONE);

  private static ArrayMatrix matrix(String name, float[] weights) {
    float[] first = new float[weights.length];
    float[] second = new float[weights.length];
    Arrays.fill(first, 1);
    Arrays.fill(second, 2);
    return new ArrayMatrix(name, weights, first, second);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record ArrayMatrix(String name, float[] weights, float[] first, float[] second)
      implements PrunableMatrix {
    @Override
    public int size() {
      return weights.length;
    }

    @Override
    public float weight(int index) {
      return weights[index];
    }

    @Override
    public void clear(int index) {
      weights[index] = 0;
      first[index] = 0;
      second[index] = 0;
    }
  }

  private static Slice all(float... values) {
    return new Slice(values, 0, values.length);
  }

  @Test
  void shouldRankMagnitudesOverAllMatrices() {
    importance.measure(Criterion.MAGNITUDE, true, matrices);

    assertThat(importance.prune(matrices, 0.49, Scaling.NONE)).isTrue();

    assertThat(a).containsExactly(0.5f, 0, 0.9f, 0);
    assertThat(b).containsExactly(-4, 0, 7, 5, 0, 6);
    assertThat(importance.pruned()).isEqualTo(4);
    assertThat(importance.prune(matrices, 0.4, Scaling.NONE)).isFalse();
  }

  @Test
  void shouldClearTheMomentsOfWhatGoesAndOfNothingElse() {
    importance.measure(Criterion.MAGNITUDE, true, matrices);
    importance.prune(matrices, 0.4, Scaling.NONE);

    assertThat(arrays.get(0).first()).containsExactly(1, 0, 1, 0);
    assertThat(arrays.get(0).second()).containsExactly(2, 0, 2, 0);
    assertThat(arrays.get(1).first()).containsExactly(1, 0, 1, 1, 0, 1);
  }

  @Test
  void shouldCompareWithinTheScaleOfEachMatrixWhereAsked() {
    importance.measure(Criterion.MAGNITUDE, true, matrices);
    importance.prune(matrices, 0.6, Scaling.MATRIX);

    // Root mean squares 0.54 and 4.6: in a 0.1, 0.3 (and 0.5 only after b's -4) go.
    assertThat(a).containsExactly(0, 0, 0.9f, 0);
    assertThat(b).containsExactly(0, 0, 7, 5, 0, 6);
  }

  @Test
  void shouldSumFirstOrderTaylorTermsByTheirDefinition() {
    importance.measure(Criterion.TAYLOR, true, matrices);
    importance.add("a", 0, all(0.5f, -0.1f, 0.9f, 0.3f), all(2, 3, -0.1f, 0), 1);
    importance.add("a", 2, all(1.9f, -0.3f), all(0.5f, 4), 1);

    assertThat(scores("a"))
        .containsExactly(0.5f * 2, 0.1f * 3, 0.9f * 0.1f + 1.9f * 0.5f, 0.3f * 4);
    assertThat(scores("b")).containsOnly(0);
  }

  @Test
  void shouldSumMovementByItsDefinition() {
    importance.measure(Criterion.MOVEMENT, true, matrices);
    importance.add("a", 0, all(0.5f, -0.1f, 0.9f, 0.3f), all(2, 3, -0.1f, 0), 0.25f);
    importance.add("a", 0, all(0.5f, -0.1f, 0.9f, 0.3f), all(-4, 0, 0, 0), 0.5f);

    assertThat(scores("a"))
        .containsExactly(-0.25f * 2 * 0.5f + 1, 0.25f * 3 * 0.1f, 0.25f * 0.1f * 0.9f, 0);
  }

  @Test
  void shouldPruneByScoresAndThenByMagnitude() {
    importance.measure(Criterion.TAYLOR, true, matrices);
    importance.add("a", 0, all(a), all(1, 1, 1, 1), 1);
    importance.add("b", 4, all(-0.4f, 6), all(1, 1), 1);

    importance.prune(matrices, 0.3, Scaling.NONE);

    // b's first four have no score yet; the smallest of them go.
    assertThat(a).containsExactly(0.5f, -0.1f, 0.9f, 0.3f);
    assertThat(b).containsExactly(0, 0, 7, 0, -0.4f, 6);
    // What is left is halved.
    assertThat(scores("b")).containsExactly(PRUNED, PRUNED, 0, PRUNED, 0.2f, 3);
  }

  @Test
  void shouldPruneWhatMovesTowardsZeroFirst() {
    importance.measure(Criterion.MOVEMENT, true, matrices);
    importance.add("b", 0, all(b), all(-1, -1, 1, -1, -1, -1), 1);

    importance.prune(matrices, 0.3, Scaling.NONE);

    assertThat(b).containsExactly(0, 0.2f, 0, 5, 0, 6);
  }

  @Test
  void shouldNeitherScoreNorReviveWhatIsPruned() {
    importance.measure(Criterion.MOVEMENT, true, matrices);
    importance.prune(matrices, 0.1, Scaling.NONE);
    float[] gradient = {9, 9, 9, 9};
    importance.mask("a", 0, all(gradient));
    importance.add("a", 0, all(a), all(gradient), 1);

    assertThat(gradient).containsExactly(9, 0, 9, 9);
    assertThat(scores("a")[1]).isEqualTo(PRUNED);
    float[] part = {9, 9};
    importance.mask("a", 1, all(part));
    assertThat(part).containsExactly(0, 9);
  }

  @Test
  void shouldForgetTheScoresOfAnotherCriterionButNotTheMasks() {
    importance.measure(Criterion.TAYLOR, true, matrices);
    importance.add("a", 0, all(a), all(1, 1, 1, 1), 1);
    importance.add("b", 0, all(b), all(1, 1, 1, 1, 1, 1), 1);
    importance.prune(matrices, 0.1, Scaling.NONE);

    importance.measure(Criterion.MOVEMENT, true, matrices);

    assertThat(scores("a")).containsExactly(0, PRUNED, 0, 0);
    assertThat(importance.pruned()).isEqualTo(1);
  }

  @Test
  void shouldNotMeasureWhereNothingIsToCome() {
    importance.measure(Criterion.TAYLOR, false, matrices);
    importance.add("a", 0, all(a), all(1, 1, 1, 1), 1);

    assertThat(scores("a")).containsOnly(0);
  }

  @Test
  void shouldPruneExactlyTheShareOfManyWeightsWhateverTheirScores() {
    SplittableRandom random = new SplittableRandom(5);
    float[] many = new float[10_007];
    float[] scored = new float[many.length];
    for (int i = 0; i < many.length; i++) {
      many[i] = (float) random.nextGaussian();
      // Many are equal, of either sign, and far apart.
      scored[i] = Math.scalb((float) random.nextInt(-3, 4), random.nextInt(-20, 20));
    }
    List<PrunableMatrix> one = List.of(matrix("many", many));
    importance.measure(Criterion.MOVEMENT, true, one);
    float[] ones = new float[many.length];
    Arrays.fill(ones, -1);
    importance.add("many", 0, all(scored), all(ones), 1);
    float[] sorted = scored.clone();
    Arrays.sort(sorted);

    for (double share : new double[] {0.1, 0.37, 0.5, 0.501, 0.7}) {
      importance.prune(one, share, Scaling.NONE);
      int count = (int) (share * many.length);
      assertThat(importance.pruned()).isEqualTo(count);
      float[] left = new float[many.length];
      int n = 0;
      for (int i = 0; i < many.length; i++) {
        if (many[i] != 0) {
          left[n++] = scored[i];
        }
      }
      assertThat(n).isEqualTo(many.length - count);
      left = Arrays.copyOf(left, n);
      Arrays.sort(left);
      assertThat(left).isEqualTo(Arrays.copyOfRange(sorted, count, sorted.length));
    }
  }

  private float[] scores(String name) {
    List<Parameter> parameters =
        List.of(new Parameter("a", 2, 2), new Parameter("b", 3, 2), new Parameter("many", 1, 1));
    return importance.memory(parameters).scores(name).values();
  }
}
