package io.distillstream.trainer.prune.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestRowsTest {

  @Test
  void shouldFindWhatComparingAllPairsByDefinitionFinds() {
    SplittableRandom random = new SplittableRandom(1);
    // More candidates than two blocks.
    float[][] rows = new float[700][13];
    for (float[] row : rows) {
      for (int c = 0; c < row.length; c++) {
        row[c] = (float) random.nextGaussian();
      }
    }
    int[] queries = IntStream.range(0, 700).filter(row -> row % 5 == 0).toArray();
    int[] candidates = IntStream.range(0, 700).filter(row -> row % 5 != 0).toArray();

    int[] nearest = NearestRows.of(rows, queries, candidates);

    for (int i = 0; i < queries.length; i++) {
      double least = Double.POSITIVE_INFINITY;
      for (int candidate : candidates) {
        least = Math.min(least, squaredDistance(rows[queries[i]], rows[candidate]));
      }
      assertThat(squaredDistance(rows[queries[i]], rows[nearest[i]])).isLessThan(least + 1e-4);
    }
    assertThat(nearest).doesNotContain(queries);
  }

  private static double squaredDistance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.pow((double) a[i] - b[i], 2)).sum();
  }

  @Test
  void shouldTakeTheFirstOfEquallyNearOnes() {
    float[][] rows = {{1, 0}, {0, 1}, {0, 0}, {1, 0}, {0, 0}};

    assertThat(NearestRows.of(rows, new int[] {0, 4}, new int[] {1, 2, 3})).containsExactly(3, 2);
    assertThat(NearestRows.of(rows, new int[] {2}, new int[] {0, 1, 3})).containsExactly(0);
  }
}
