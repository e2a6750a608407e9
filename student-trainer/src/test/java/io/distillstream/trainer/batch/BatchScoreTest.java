package io.distillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore.ClassScore;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.DenseTarget;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchScoreTest {
  private static final TrainingBatch BATCH =
      new TrainingBatch(
          new TokenInputs(new int[][] {{1}, {2}, {3}}),
          new float[][] {{2, -1, 0.5f}, {0, 3, -2}, {1, 1, 1}},
          new int[] {0, TrainingBatch.UNKNOWN, 2});

  @Test
  void shouldCountAgreementAndTruthApart() {
    BatchScore score = BatchScore.of(new float[][] {{5, 0, 0}, {0, 0, 5}, {0, 0, 1}}, BATCH);
    assertThat(score.records()).isEqualTo(3);
    assertThat(score.agreeing()).isEqualTo(1);
    assertThat(score.truthKnown()).isEqualTo(2);
    assertThat(score.correct()).isEqualTo(2);
    assertThat(score.accuracy()).isEqualTo(1);
  }

  @Test
  void shouldCountByTheTeachersAnswer() {
    BatchScore score = BatchScore.of(new float[][] {{5, 0, 0}, {0, 0, 5}, {0, 0, 1}}, BATCH);

    // The teacher says 0, 1, and 0 again: the first of equals.
    assertThat(score.classes()).isEqualTo(Map.of(0, new ClassScore(2, 1), 1, new ClassScore(1, 0)));
  }

  @Test
  void shouldTellTheConfidenceOfTheAnswer() {
    RowScore row =
        BatchScore.rows(new float[][] {{0, (float) Math.log(3), -100}, {0, 0, 0}, {0, 0, 0}}, BATCH)
            .get(0);

    assertThat(row.answer()).isEqualTo(1);
    assertThat(row.confidence()).isCloseTo(0.75, within(1e-6));
  }

  @Test
  void shouldMeasureKlAtTemperatureOne() {
    // NumPy: (np.exp(p) * (p - q)).sum(1) of the log-softmaxes p of [2, -1, .5], q of [.3, .1, -.4]
    TrainingBatch one =
        new TrainingBatch(
            new TokenInputs(new int[][] {{1}}), new float[][] {{2, -1, 0.5f}}, new int[] {0});
    assertThat(BatchScore.of(new float[][] {{0.3f, 0.1f, -0.4f}}, one).meanKl())
        .isCloseTo(0.3484874, within(1e-6));
  }

  @Test
  void shouldNotScoreRowsWithoutATarget() {
    TrainingBatch masked =
        new TrainingBatch(
            new TokenInputs(new int[][] {{1, 2}}),
            List.of(new AbsentTarget(3), new DenseTarget(new float[] {0, 3, -2})),
            new int[] {2, 1});
    BatchScore score = BatchScore.of(new float[][] {{Float.NaN, 0, 0}, {0, 3, -2}}, masked);
    assertThat(score.records()).isEqualTo(1);
    assertThat(score.agreement()).isEqualTo(1);
    assertThat(score.accuracy()).isEqualTo(1);
    assertThat(score.klSum()).isZero();
  }

  @Test
  void shouldAddUp() {
    BatchScore one = BatchScore.of(new float[][] {{2, -1, 0.5f}, {0, 3, -2}, {1, 1, 1}}, BATCH);
    BatchScore twice = one.plus(one);
    assertThat(twice.records()).isEqualTo(6);
    assertThat(twice.agreement()).isEqualTo(1);
    assertThat(twice.meanKl()).isZero();
    assertThat(BatchScore.NONE.plus(one)).isEqualTo(one);
  }
}
