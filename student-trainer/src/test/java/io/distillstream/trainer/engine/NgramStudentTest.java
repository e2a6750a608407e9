package io.distillstream.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TextSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NgramStudentTest {
  private static final NgramSpec SPEC = new NgramSpec(60, 8, 1_000, 3, 12);

  @Test
  void shouldComputeTheLogitsOfItsDefinition() throws Exception {
    TrainingBatch batch = Examples.batch(SPEC, 9, 2);
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      engine.learn(batch, Examples.STEP); // so that pairs are not at 0 any more
      StudentWeights weights = engine.snapshot().weights();
      float[][] logits = engine.logits(batch.inputs());
      for (int row = 0; row < batch.size(); row++) {
        double[] expected = byDefinition(weights, Examples.tokens(batch)[row]);
        for (int c = 0; c < expected.length; c++) {
          assertThat((double) logits[row][c]).isCloseTo(expected[c], within(1e-5));
        }
      }
    }
  }

  private static double[] byDefinition(StudentWeights weights, int[] tokens) {
    double[] mean = new double[SPEC.width()];
    int count = 2 * tokens.length - 1;
    for (int i = 0; i < tokens.length; i++) {
      add(mean, weights, tokens[i], count);
      if (i > 0) {
        long mixed = 1_327_217_885L * tokens[i - 1] + 889_516_853L * tokens[i];
        add(mean, weights, 60 + (int) (mixed % 2_147_483_647L % 1_000), count);
      }
    }
    mean = norm(mean, weights.get("norm.scale").values(), weights.get("norm.shift").values());
    float[] weight = weights.get("classifier.weight").values();
    float[] bias = weights.get("classifier.bias").values();
    double[] logits = new double[bias.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = bias[c];
      for (int i = 0; i < mean.length; i++) {
        logits[c] += mean[i] * weight[i * logits.length + c];
      }
    }
    return logits;
  }

  private static double[] norm(double[] x, float[] scale, float[] shift) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(value -> (value - mean) * (value - mean)).sum();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance / x.length + 1e-5) * scale[i] + shift[i];
    }
    return y;
  }

  private static void add(double[] mean, StudentWeights weights, int row, int count) {
    float[] table = weights.get(TextSpec.EMBEDDING).values();
    for (int i = 0; i < mean.length; i++) {
      mean[i] += table[row * mean.length + i] / (double) count;
    }
  }

  @Test
  void shouldLearnFromTheOrderOfWords() throws Exception {
    // Both classes have the same words; only their order tells.
    int[][] tokens = {{20, 30, 40}, {40, 30, 20}};
    TrainingBatch batch =
        new TrainingBatch(
            new TokenInputs(tokens), new float[][] {{3, 0, 0}, {0, 3, 0}}, new int[] {0, 1});
    try (StudentEngine engine = DjlStudentEngine.from(Examples.fresh(SPEC, 1))) {
      BatchScore score = BatchScore.NONE;
      for (int step = 0; step < 300; step++) {
        score = engine.learn(batch, Examples.STEP).score();
      }
      assertThat(score.agreement()).isEqualTo(1);
      assertThat(score.meanKl()).isLessThan(0.05);
    }
  }

  @Test
  void shouldSpreadPairsOverItsBuckets() {
    Set<Integer> rows = new HashSet<>();
    for (int left = 0; left < 1_000; left++) {
      for (int right = left; right < left + 5; right++) {
        rows.add(new NgramSpec(30_522, 8, 50_000, 3, 12).pair(left, right));
      }
    }
    // 5,000 throws into 50,000 boxes hit 4,758 on average.
    assertThat(rows.size()).isBetween(4_650, 5_000);
    assertThat(rows).allMatch(row -> row >= 30_522 && row < 80_522);
  }
}
