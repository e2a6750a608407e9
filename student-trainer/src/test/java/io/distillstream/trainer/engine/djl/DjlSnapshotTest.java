package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** States that are handed over, and training that continues from them. */
class DjlSnapshotTest {

  @Test
  void shouldRepeatEveryBit() throws Exception {
    assertThat(trained(50)).isEqualTo(trained(50));
  }

  private static StudentState trained(int steps) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 7))) {
      for (int step = 0; step < steps; step++) {
        engine.learn(SmallStudents.batch(SMALL, 8, step), STEP);
      }
      return engine.snapshot();
    }
  }

  @Test
  void shouldContinueFromASnapshotAsIfNothingHadHappened() throws Exception {
    StudentState half = trained(25);
    try (StudentEngine resumed = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 999))) {
      resumed.learn(SmallStudents.batch(SMALL, 8, 12345), STEP);
      resumed.restore(StudentState.from(half.tensors(), half.header()));
      for (int step = 25; step < 50; step++) {
        resumed.learn(SmallStudents.batch(SMALL, 8, step), STEP);
      }
      assertThat(resumed.snapshot()).isEqualTo(trained(50));
    }
  }

  @Test
  void shouldNeverChangeAStateThatWasHandedOver() throws Exception {
    List<StudentState> handedOver = new ArrayList<>();
    List<StudentState> copies = new ArrayList<>();
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 8))) {
      for (int step = 0; step < 40; step++) {
        if (step % 5 == 0) {
          StudentState state = engine.snapshot();
          handedOver.add(state);
          copies.add(copy(state));
        }
        if (step == 22) {
          engine.restore(handedOver.get(2));
        }
        engine.learn(SmallStudents.batch(SMALL, 8, step), STEP);
      }
      assertThat(engine.snapshot()).isNotEqualTo(handedOver.get(7));
    }
    assertThat(handedOver).isEqualTo(copies).doesNotHaveDuplicates();
  }

  /** As deep as it goes, through the file's form. */
  private static StudentState copy(StudentState state) {
    Map<String, FloatTensor> tensors = new HashMap<>();
    state
        .tensors()
        .forEach(
            (name, tensor) ->
                tensors.put(name, new FloatTensor(tensor.shape(), tensor.values().clone())));
    return StudentState.from(tensors, state.header());
  }

  @Test
  void shouldStepAlikeWhetherOrNotAStateWasHandedOver() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 7))) {
      for (int step = 0; step < 50; step++) {
        engine.learn(SmallStudents.batch(SMALL, 8, step), STEP);
        if (step % 3 == 0) {
          engine.snapshot();
        }
      }
      assertThat(engine.snapshot()).isEqualTo(trained(50));
    }
  }

  @Test
  void shouldShareWordsThatNoStepTouches() throws Exception {
    StudentState state = SmallStudents.fresh(SMALL, 9);
    TrainingBatch batch =
        new TrainingBatch(
            new TokenInputs(new int[][] {{5, 7}}), new float[][] {{1, 2, 3}}, new int[] {-1});
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      float[][] before = engine.snapshot().weights().get(StudentSpec.EMBEDDING).rows();
      engine.learn(batch, STEP);
      float[][] after = engine.snapshot().weights().get(StudentSpec.EMBEDDING).rows();
      for (int word = 0; word < after.length; word++) {
        if (word == 5 || word == 7) {
          assertThat(after[word]).isNotSameAs(before[word]).isNotEqualTo(before[word]);
        } else {
          assertThat(after[word]).isSameAs(before[word]);
        }
      }
    }
  }

  @Test
  void shouldTakeTheSameStepsWhileStatesMoveToFiles() throws Exception {
    List<StudentState> moved = new ArrayList<>();
    List<StudentState> copies = new ArrayList<>();
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 7))) {
      for (int step = 0; step < 50; step++) {
        if (step % 5 == 4) {
          StudentState state = engine.snapshot();
          moved.add(state);
          copies.add(copy(state));
          state.moveMomentsTo(elsewhere(copies.get(copies.size() - 1)));
        }
        engine.learn(SmallStudents.batch(SMALL, 8, step), STEP);
        if (step % 5 == 1 && !moved.isEmpty()) {
          assertThat(moved.get(moved.size() - 1))
              .as("two steps later")
              .isEqualTo(copies.get(copies.size() - 1));
          moved.get(moved.size() - 1).moveWeightsTo(elsewhere(copies.get(copies.size() - 1)));
        }
      }
      assertThat(engine.snapshot()).isEqualTo(trained(50));
    }
    assertThat(moved).isEqualTo(copies).doesNotHaveDuplicates();
  }

  @Test
  void shouldContinueInPlaceOnceNobodyReadsAState() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(SMALL, 7))) {
      engine.learn(SmallStudents.batch(SMALL, 8, 0), STEP);
      StudentState state = engine.snapshot();
      float[] moments = moments(state);
      float[] weights = state.weights().get(StudentSpec.CLASSIFIER + ".weight").values();
      state.moveMomentsTo(elsewhere(copy(state)));

      engine.learn(SmallStudents.batch(SMALL, 8, 1), STEP);
      StudentState next = engine.snapshot();

      assertThat(moments(next)).isSameAs(moments);
      assertThat(next.weights().get(StudentSpec.CLASSIFIER + ".weight").values())
          .isNotSameAs(weights);
    }
  }

  private static float[] moments(StudentState state) {
    return state.firstMoments().get(StudentSpec.CLASSIFIER + ".weight").values();
  }

  private static Function<String, FloatTensor.Source> elsewhere(StudentState copy) {
    Map<String, FloatTensor> tensors = copy.tensors();
    return name -> () -> requireNonNull(tensors.get(name)).values().clone();
  }
}
