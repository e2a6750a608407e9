package io.distillstream.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TwinEnginesTest {
  private static final TransformerSpec SMALL =
      TransformerSpec.uniform(60, 16, 2, 2, 24, 3, 12, true);
  private static final StepSettings STEP = new StepSettings(2, 0.9, 3e-3, 0.01, 1, 8);

  /** A word that no batch of {@link #batch} holds. */
  private static final int UNUSED_WORD = 5;

  private final StudentState start = StudentState.fresh(RandomStart.weights(SMALL, 1), 1);

  @Test
  void shouldFindNoDifferenceBetweenEnginesOfTheSameSteps() throws Exception {
    try (TwinEngines twins = TwinEngines.from(start, 2);
        StudentEngine alone = DjlStudentEngine.from(start)) {
      for (int step = 0; step < 20; step++) {
        TrainingBatch batch = batch(step);
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
      twins.learn(batch(0), STEP);
      twins.second().restore(spoiled(twins.second().snapshot(), "adam.second.norm.scale", 3));

      assertThatThrownBy(() -> twins.learn(batch(1), STEP))
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
      twins.learn(batch(0), STEP);
      twins.learn(batch(1), STEP);

      assertThatThrownBy(() -> twins.learn(batch(2), STEP))
          .isInstanceOfSatisfying(
              EnginesDifferException.class,
              e -> {
                assertThat(e.step()).isEqualTo(3);
                assertThat(e.tensor()).isEqualTo(table);
                assertThat(e.index()).isEqualTo(index);
              });
    }
  }

  private static StudentState spoiled(StudentState state, String tensor, int index) {
    Map<String, FloatTensor> tensors = new HashMap<>(state.tensors());
    FloatTensor sound = Objects.requireNonNull(state.tensors().get(tensor));
    float[] values = sound.values().clone();
    values[index] = Float.intBitsToFloat(Float.floatToRawIntBits(values[index]) ^ 1);
    tensors.put(tensor, new FloatTensor(sound.shape(), values));
    return StudentState.from(tensors, state.header());
  }

  /** Four random texts; the teacher is sure of the class of the first word. */
  private static TrainingBatch batch(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] tokens = new int[4][];
    float[][] logits = new float[tokens.length][SMALL.classes()];
    int[] truth = new int[tokens.length];
    for (int row = 0; row < tokens.length; row++) {
      int answer = random.nextInt(SMALL.classes());
      tokens[row] = random.ints(1 + random.nextInt(SMALL.maxTokens()), 10, 60).toArray();
      tokens[row][0] = answer;
      for (int c = 0; c < SMALL.classes(); c++) {
        logits[row][c] = (float) random.nextGaussian() + (c == answer ? 4 : 0);
      }
      truth[row] = row % 2 == 0 ? answer : TrainingBatch.UNKNOWN;
    }
    return new TrainingBatch(new TokenInputs(tokens), logits, truth);
  }
}
