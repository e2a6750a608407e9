package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.Marked;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Replayed rows are learned as all others, scored apart, and are no records. */
class ReplayedRowsTest {
  private static final TrainingObjective CONSISTENT =
      TrainingObjective.STANDARD.with(
          new Consistency(1, 0.3, Consistency.Shape.L2, Consistency.Anchor.STUDENT));

  private static final double TOLERANCE = 1e-5;

  private final TrainingBatch live = SmallStudents.batch(SMALL, 6, 1);
  private final TrainingBatch mixed = Marked.replayed(live, false, true, false, false, true, false);

  @Test
  void shouldLearnThemAsTheOthers() throws Exception {
    StudentState replayed = learned(mixed).state();
    StudentState all = learned(live).state();

    assertThat(replayed.weights()).isEqualTo(all.weights());
    assertThat(replayed.firstMoments()).isEqualTo(all.firstMoments());
    assertThat(replayed.secondMoments()).isEqualTo(all.secondMoments());
    assertThat(replayed.progress().steps()).isEqualTo(1);
    assertThat(replayed.progress().lossAverage()).isEqualTo(all.progress().lossAverage());
  }

  @Test
  void shouldCountTheOthersAlone() throws Exception {
    assertThat(learned(live).state().progress().records()).isEqualTo(6);
    assertThat(learned(mixed).state().progress().records()).isEqualTo(4);
    assertThat(mixed.freshRecords()).isEqualTo(4);
    assertThat(mixed.fresh().orElseThrow().rows()).isEqualTo(4);
    assertThat(Marked.replayed(live, true, true, true, true, true, true).fresh()).isEmpty();
  }

  @Test
  void shouldScoreTheOthersAloneAndTheseApart() throws Exception {
    StepResult result = learned(mixed).result();

    assertThat(result.score().records()).isEqualTo(4);
    assertSame(result.rows(), learned(live.select(0, 2, 3, 5)).result().rows());
    assertSame(result.replayed(), learned(live.select(1, 4)).result().rows());
    assertThat(learned(live).result().replayed()).isEmpty();
  }

  @Test
  void shouldReportTheLossOfTheOthersAlone() throws Exception {
    StepResult result = learned(mixed).result();
    StepResult alone = learned(live.select(0, 2, 3, 5)).result();

    assertThat(result.loss().total()).isCloseTo(alone.loss().total(), within(TOLERANCE));
    assertThat(result.loss().distillation())
        .isCloseTo(alone.loss().distillation(), within(TOLERANCE));
    assertThat(result.loss().crossEntropy())
        .isCloseTo(alone.loss().crossEntropy(), within(TOLERANCE));
    assertThat(result.loss().consistency())
        .isCloseTo(alone.loss().consistency(), within(TOLERANCE));
    assertThat(result.entropyGap()).isCloseTo(alone.entropyGap(), within(TOLERANCE));
  }

  private record Step(StudentState state, StepResult result) {}

  private static Step learned(TrainingBatch batch) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 2), CONSISTENT)) {
      StepResult result = engine.learn(batch, STEP);
      return new Step(engine.snapshot(), result);
    }
  }

  /** Padded to other lengths, so sums are rounded otherwise. */
  private static void assertSame(List<RowScore> actual, List<RowScore> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int row = 0; row < actual.size(); row++) {
      assertThat(actual.get(row).kl()).isCloseTo(expected.get(row).kl(), within(TOLERANCE));
      assertThat(actual.get(row).truth()).isEqualTo(expected.get(row).truth());
      assertThat(actual.get(row).teacherAnswer()).isEqualTo(expected.get(row).teacherAnswer());
    }
  }
}
