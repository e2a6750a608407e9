package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.Marked;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import org.junit.jupiter.api.Test;

/** Rows that are no live traffic are learned as all others, and told of nowhere. */
class AugmentedRowsTest {
  private static final TrainingObjective CONSISTENT =
      TrainingObjective.STANDARD.with(
          new Consistency(1, 0.3, Consistency.Shape.L2, Consistency.Anchor.STUDENT));

  private static final double TOLERANCE = 1e-5;

  private final TrainingBatch live = SmallStudents.batch(SMALL, 6, 1);

  private TrainingBatch marked(boolean... augmented) {
    return Marked.augmented(live, augmented);
  }

  @Test
  void shouldLearnThemAsTheOthers() throws Exception {
    assertThat(learned(marked(false, true, false, false, true, false)).state())
        .isEqualTo(learned(live).state());
  }

  @Test
  void shouldTellOfTheOthersAlone() throws Exception {
    StepResult mixed = learned(marked(false, true, false, false, true, false)).result();
    StepResult alone = learned(live.select(0, 2, 3, 5)).result();
    assertThat(mixed.rows()).hasSize(4);
    // Padded to other lengths, so sums are rounded otherwise.
    for (int row = 0; row < 4; row++) {
      assertThat(mixed.rows().get(row).kl())
          .isCloseTo(alone.rows().get(row).kl(), within(TOLERANCE));
      assertThat(mixed.rows().get(row).truth()).isEqualTo(alone.rows().get(row).truth());
    }
    assertThat(mixed.loss().total()).isCloseTo(alone.loss().total(), within(TOLERANCE));
    assertThat(mixed.loss().distillation())
        .isCloseTo(alone.loss().distillation(), within(TOLERANCE));
    assertThat(mixed.loss().crossEntropy())
        .isCloseTo(alone.loss().crossEntropy(), within(TOLERANCE));
    assertThat(mixed.loss().consistency()).isCloseTo(alone.loss().consistency(), within(TOLERANCE));
    assertThat(mixed.entropyGap()).isCloseTo(alone.entropyGap(), within(TOLERANCE));
  }

  @Test
  void shouldTellOfNothingWhereThereIsNothingElse() throws Exception {
    StepResult none = learned(marked(true, true, true, true, true, true)).result();
    assertThat(none.rows()).isEmpty();
    assertThat(none.score()).isEqualTo(BatchScore.NONE);
    assertThat(none.loss()).isEqualTo(LossParts.ZERO);
    assertThat(none.entropyGap()).isNaN();
  }

  @Test
  void shouldRefuseAMarkTooMany() {
    assertThatThrownBy(() -> marked(true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6, 6, 6, 2");
  }

  private record Step(StudentState state, StepResult result) {}

  private static Step learned(TrainingBatch batch) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2), CONSISTENT)) {
      StepResult result = engine.learn(batch, STEP);
      return new Step(engine.snapshot(), result);
    }
  }
}
