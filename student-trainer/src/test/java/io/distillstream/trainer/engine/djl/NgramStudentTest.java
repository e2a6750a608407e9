package io.distillstream.trainer.engine.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NgramStudentTest {
  private static final NgramSpec SPEC = new NgramSpec(60, 8, 1_000, 3, 12);

  @Test
  void shouldComputeTheLogitsOfItsDefinition() throws Exception {
    TrainingBatch batch = SmallStudents.batch(SPEC, 9, 2);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SPEC, 1))) {
      engine.learn(batch, SmallStudents.STEP); // so that pairs are not at 0 any more
      StudentWeights weights = engine.snapshot().weights();
      float[][] logits = engine.logits(batch.inputs());
      for (int row = 0; row < batch.size(); row++) {
        double[] expected = new NaiveNgrams(weights).logits(SmallStudents.tokens(batch)[row]);
        for (int c = 0; c < expected.length; c++) {
          assertThat((double) logits[row][c]).isCloseTo(expected[c], within(1e-5));
        }
      }
    }
  }

  @Test
  void shouldLearnFromTheOrderOfWords() throws Exception {
    // Both classes have the same words; only their order tells.
    int[][] tokens = {{20, 30, 40}, {40, 30, 20}};
    TrainingBatch batch =
        new TrainingBatch(
            new TokenInputs(tokens), new float[][] {{3, 0, 0}, {0, 3, 0}}, new int[] {0, 1});
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SPEC, 1))) {
      BatchScore score = BatchScore.NONE;
      for (int step = 0; step < 300; step++) {
        score = engine.learn(batch, SmallStudents.STEP).score();
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
