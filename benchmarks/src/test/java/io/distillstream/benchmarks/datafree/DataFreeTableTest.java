package io.distillstream.benchmarks.datafree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.benchmarks.datafree.DataFreeBenchmark.Texts;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.CalibrationError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataFreeTableTest {

  private static BatchScore score(int right, int agreeing) {
    return new BatchScore(
        100, agreeing, 0, 100, right, CalibrationError.NONE, CalibrationError.NONE, Map.of());
  }

  @Test
  void shouldAddTheChanceOfSeedsToThatOfTexts() {
    List<BatchScore> scores = List.of(score(40, 0), score(60, 0));

    // Texts: 0.5 · 0.5 / 100. Seeds: 2 · 0.1² / 1 / 2.
    assertThat(DataFreeTable.error(scores, BatchScore::accuracy, 100))
        .isEqualTo(Math.sqrt(0.0025 + 0.01), within(1e-12));
    assertThat(DataFreeTable.error(scores.subList(0, 1), BatchScore::accuracy, 100))
        .isEqualTo(Math.sqrt(0.0024), within(1e-12));
  }

  @Test
  void shouldHaveARowForEachKindOfTexts() {
    assertThat(DataFreeTable.of(Map.of(Texts.REAL, List.of(score(40, 50))), 0.8, 100))
        .endsWith("| real | 0.400 | 0.400 ± 0.049 | 50.0 % ± 6.1 | 0.500 ± 0.050 |");
  }

  @Test
  void shouldCountAnswers() {
    float[][] logits = {{1, 2}, {3, 0}, {0, 1}};

    assertThat(DataFreeTable.answers(logits)).containsExactly(1, 2);
    assertThat(DataFreeTable.accuracy(logits, new int[] {1, 1, 1}))
        .isEqualTo(2.0 / 3, within(1e-12));
  }
}
