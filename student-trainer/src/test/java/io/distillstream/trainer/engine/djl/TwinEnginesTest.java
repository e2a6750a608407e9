package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.heap.Fingerprint;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TwinEnginesTest {
  /** A word that no batch of {@link SmallStudents} holds. */
  private static final int UNUSED_WORD = 5;

  private final StudentState start = SmallStudents.fresh(SMALL, 1);

  @Test
  void shouldFindNoDifferenceBetweenEnginesOfTheSameSteps() throws Exception {
    try (TwinEngines twins = TwinEngines.from(start, 2);
        StudentEngine alone = DjlStudentEngine.from(start)) {
      for (int step = 0; step < 20; step++) {
        TrainingBatch batch = SmallStudents.batch(SMALL, 4, step);
        assertThat(twins.learn(batch, STEP)).isEqualTo(alone.learn(batch, STEP));
      }
      assertThat(twins.steps()).isEqualTo(20);
      assertThat(twins.recordsLearned()).isEqualTo(80);
      try (TwinEngines others = TwinEngines.from(alone.snapshot(), 2)) {
        assertThat(twins.fingerprint()).isEqualTo(others.fingerprint());
      }
    }
  }

  @Test
  void shouldNameTheTensorWhoseBitDiffersAfterTheStep() throws Exception {
    try (TwinEngines twins = TwinEngines.from(start, 1_000)) {
      twins.learn(SmallStudents.batch(SMALL, 4, 0), STEP);
      twins.second().restore(spoiled(twins.second().snapshot(), "adam.second.norm.scale", 3));

      assertThatThrownBy(() -> twins.learn(SmallStudents.batch(SMALL, 4, 1), STEP))
          .isInstanceOf(EnginesDifferException.class)
          .hasMessageContaining("after step 2")
          .hasMessageContaining("norm.scale[3]");
    }
  }

  @Test
  void shouldSeeABitThatNoStepReadsAtTheNextWholeComparison() throws Exception {
    String table = "weights." + SMALL.table().name();
    int index = UNUSED_WORD * SMALL.width() + 7;
    try (TwinEngines twins = TwinEngines.from(start, 3)) {
      twins.second().restore(spoiled(start, table, index));
      twins.learn(SmallStudents.batch(SMALL, 4, 0), STEP);
      twins.learn(SmallStudents.batch(SMALL, 4, 1), STEP);

      assertThatThrownBy(() -> twins.learn(SmallStudents.batch(SMALL, 4, 2), STEP))
          .isInstanceOfSatisfying(
              EnginesDifferException.class,
              e -> {
                assertThat(e.step()).isEqualTo(3);
                assertThat(e.tensor()).isEqualTo(table);
                assertThat(e.index()).isEqualTo(index);
              });
    }
  }

  @Test
  void shouldTellArraysApartByOneBitAndByTheirOrder() {
    float[] values = new float[19];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    long fingerprint = new Fingerprint().add(values).value();
    assertThat(new Fingerprint().add(values.clone()).value()).isEqualTo(fingerprint);
    for (int i = 0; i < values.length; i++) {
      float[] other = values.clone();
      other[i] = i == 0 ? -0f : Math.nextUp(values[i]);
      assertThat(new Fingerprint().add(other).value()).as("index %d", i).isNotEqualTo(fingerprint);
    }
    float[] swapped = values.clone();
    swapped[2] = values[10];
    swapped[10] = values[2];
    assertThat(new Fingerprint().add(swapped).value()).isNotEqualTo(fingerprint);
  }

  private static StudentState spoiled(StudentState state, String tensor, int index) {
    Map<String, FloatTensor> tensors = new HashMap<>(state.tensors());
    FloatTensor sound = Objects.requireNonNull(state.tensors().get(tensor));
    float[] values = sound.values().clone();
    values[index] = Float.intBitsToFloat(Float.floatToRawIntBits(values[index]) ^ 1);
    tensors.put(tensor, new FloatTensor(sound.shape(), values));
    return StudentState.from(tensors, state.header());
  }
}
