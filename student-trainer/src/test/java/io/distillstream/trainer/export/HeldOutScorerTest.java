package io.distillstream.trainer.export;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.batch.StratifiedScore.Stratum;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.student.SmallStudents;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldOutScorerTest {
  private final TrainingBatch batch = SmallStudents.batch(SMALL, 150, 1);

  @Test
  void shouldScoreEveryExampleOnceWhateverItsBatch() {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      BatchScore expected = BatchScore.of(engine.logits(batch.inputs()), batch);
      BatchScore score = BatchScore.of(HeldOutScorer.rows(engine, SmallStudents.remembered(batch)));

      assertThat(score.records()).isEqualTo(150);
      assertThat(score.agreeing()).isEqualTo(expected.agreeing());
      assertThat(score.truthKnown()).isEqualTo(75);
      assertThat(score.correct()).isEqualTo(expected.correct());
      assertThat(score.classes()).isEqualTo(expected.classes());
      // Padded to other lengths, so sums are rounded otherwise.
      assertThat(score.meanKl()).isCloseTo(expected.meanKl(), within(1e-5));
    }
  }

  @Test
  void shouldWeighLabelsAsTheyWereMet() {
    MemoryState whole = SmallStudents.memory(batch);
    int rare = label(0);
    // As many of the label were met as before; the memory keeps the first alone.
    MemoryState thinned =
        new MemoryState(
            whole.offered(),
            whole.labels(),
            whole.entries().stream()
                .filter(entry -> entry.sequence() == 0 || label(entry.sequence()) != rare)
                .toList());
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      StratifiedScore all = HeldOutScorer.score(engine, whole);
      StratifiedScore some = HeldOutScorer.score(engine, thinned);
      Stratum ofAll = requireNonNull(all.labels().get(rare));
      Stratum ofOne = requireNonNull(some.labels().get(rare));

      assertThat(all.agreement())
          .as("the plain mean, where as many of each label are kept as were met")
          .isCloseTo(BatchScore.of(engine.logits(batch.inputs()), batch).agreement(), within(1e-9));
      assertThat(ofOne.score().records()).isEqualTo(1);
      assertThat(ofOne.share()).isEqualTo(ofAll.share());
      assertThat(some.agreement() - all.agreement())
          .isCloseTo(
              ofAll.share() * (ofOne.score().agreement() - ofAll.score().agreement()),
              within(1e-9));
    }
  }

  private int label(long row) {
    return batch.targets().get((int) row).answer();
  }

  @Test
  void shouldScoreNothingWithoutExamples() {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      assertThat(HeldOutScorer.rows(engine, List.of())).isEmpty();
      assertThat(HeldOutScorer.score(engine, MemoryState.NONE)).isEqualTo(StratifiedScore.NONE);
    }
  }
}
