package io.distillstream.trainer.export;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.memory.Remembered;
import io.distillstream.trainer.student.SmallStudents;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldOutScorerTest {
  private final TrainingBatch batch = SmallStudents.batch(SMALL, 150, 1);
  private final List<Remembered> examples = SmallStudents.remembered(batch);

  @Test
  void shouldScoreEveryExampleOnceWhateverItsBatch() {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      BatchScore expected = BatchScore.of(engine.logits(batch.inputs()), batch);
      BatchScore score = HeldOutScorer.score(engine, examples);

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
  void shouldScoreNothingWithoutExamples() {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2))) {
      assertThat(HeldOutScorer.score(engine, List.of())).isEqualTo(BatchScore.NONE);
    }
  }
}
