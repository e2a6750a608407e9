package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.Marked;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Scores of the average before a batch is learned. */
class AverageScoreTest {
  private static final int BATCH = 128;
  private static final int PER_STRIDE = Averaging.STRIDE / BATCH;
  private static final TrainingBatch NEXT = SmallStudents.batch(SMALL, BATCH, 1_000);

  private static StepSettings step(boolean quantized) {
    return new StepSettings(2, 0.9, 3e-3, 1, 0.01, 1, 8, quantized, 4 * Averaging.STRIDE);
  }

  @Test
  void shouldScoreWhatDevicesWouldAnswer() throws Exception {
    try (StudentEngine engine = trained(SmallStudents.fresh(SMALL, 1), false);
        StudentEngine devices = DjlStudentEngine.from(engine.snapshot().asDeployed())) {
      BatchScore score = engine.scoreAverage(NEXT, step(false)).orElseThrow();

      assertThat(score).isEqualTo(BatchScore.of(devices.logits(NEXT.inputs()), NEXT));
      assertThat(score).isNotEqualTo(engine.learn(NEXT, step(false)).score());
    }
  }

  @Test
  void shouldScoreTheMeanOfBothHeads() throws Exception {
    StudentState start =
        SmallStudents.fresh(SMALL, 2).withHeads(TrainingHeads.of(TrainingHeads.distillation()));
    try (StudentEngine engine = trained(start, false);
        StudentEngine devices = DjlStudentEngine.from(engine.snapshot().asDeployed())) {
      assertThat(engine.scoreAverage(NEXT, step(false)))
          .contains(BatchScore.of(devices.logits(NEXT.inputs()), NEXT));
    }
  }

  @Test
  void shouldScoreWhatEightBitsLeaveWhereStepsAreTakenSo() throws Exception {
    try (StudentEngine engine = trained(SmallStudents.fresh(SMALL, 3), true);
        DjlStudentEngine devices = DjlStudentEngine.from(engine.snapshot().asDeployed())) {
      BatchScore score = engine.scoreAverage(NEXT, step(true)).orElseThrow();

      assertThat(score).isEqualTo(BatchScore.of(devices.quantizedLogits(NEXT.inputs()), NEXT));
    }
  }

  @Test
  void shouldLeaveOutWhatIsNoLiveTraffic() throws Exception {
    boolean[] marks = new boolean[BATCH];
    marks[0] = true;
    TrainingBatch mixed = Marked.augmented(NEXT, marks);
    try (StudentEngine engine = trained(SmallStudents.fresh(SMALL, 4), false)) {
      assertThat(engine.scoreAverage(mixed, step(false)).orElseThrow().records())
          .isEqualTo(BATCH - 1);
    }
  }

  @Test
  void shouldQuantizeActivationsOverTheWholeBatchAsItIsLearned() throws Exception {
    boolean[] marks = new boolean[BATCH];
    Arrays.fill(marks, 0, BATCH / 2, true);
    TrainingBatch mixed = Marked.augmented(NEXT, marks);
    try (StudentEngine engine = trained(SmallStudents.fresh(SMALL, 7), true);
        DjlStudentEngine devices = DjlStudentEngine.from(engine.snapshot().asDeployed())) {
      float[][] answers = mixed.live(devices.quantizedLogits(mixed.inputs()));
      TrainingBatch live = mixed.live().orElseThrow();

      BatchScore score = engine.scoreAverage(mixed, step(true)).orElseThrow();

      assertThat(score).isEqualTo(BatchScore.of(answers, live));
      assertThat(score).isNotEqualTo(BatchScore.of(devices.quantizedLogits(live.inputs()), live));
    }
  }

  @Test
  void shouldScoreNothingWhereDevicesGetTheNewestWeights() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 5))) {
      assertThat(engine.scoreAverage(NEXT, step(false))).isEmpty();
    }
  }

  @Test
  void shouldChangeNoBitOfTheStudentOrItsNextSteps() throws Exception {
    try (DjlStudentEngine scored = trained(SmallStudents.fresh(SMALL, 6), false);
        DjlStudentEngine other = trained(SmallStudents.fresh(SMALL, 6), false)) {
      for (int i = 0; i < 2 * PER_STRIDE; i++) {
        TrainingBatch batch = SmallStudents.batch(SMALL, BATCH, 2_000 + i);
        assertThat(scored.scoreAverage(batch, step(false))).isPresent();
        assertThat(scored.learn(batch, step(false))).isEqualTo(other.learn(batch, step(false)));
      }
      assertThat(scored.fingerprint()).isEqualTo(other.fingerprint());
    }
  }

  /** Two strides on, so that the average is another than the newest weights. */
  private static DjlStudentEngine trained(StudentState start, boolean quantized)
      throws DivergedStepException {
    DjlStudentEngine engine = DjlStudentEngine.from(start);
    for (int i = 0; i < 2 * PER_STRIDE; i++) {
      engine.learn(SmallStudents.batch(SMALL, BATCH, i), step(quantized));
    }
    return engine;
  }
}
