package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.engine.djl.PruningRun.train;
import static io.distillstream.trainer.student.SmallStudents.UNEQUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.export.ParityCheck;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.prune.PruningSchedule.Shape;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StructuredPruningTest {
  private static PruningPlan plan(Mode mode, Criterion criterion) {
    return PruningRun.plan(mode, Units.NETWORK, criterion);
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeUnitsOutUntilTheirShareOfParametersIsGone(Criterion criterion) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(UNEQUAL, 1))) {
      List<PruningLevel> levels = train(engine, plan(Mode.STRUCTURED, criterion), 30);

      // 4 heads of 536 and 31 neurons of 33 parameters.
      double head = 536.0 / (4 * 536 + 31 * 33);
      assertThat(levels).hasSize(3);
      for (int i = 0; i < 3; i++) {
        double due = i == 2 ? 0.6 : 0.2 * (i + 1);
        assertThat(levels.get(i).unitsRemoved()).isBetween(due - head, due);
        assertThat(levels.get(i).pruned()).isZero();
      }
      assertThat(engine.spec().size()).isEqualTo(levels.get(2).parameters());
      assertThat(engine.snapshot().spec()).isEqualTo(engine.spec());
    }
  }

  @Test
  void shouldComputeTheSameWithoutUnitsThatContributeNothing() {
    StudentWeights random = RandomStart.weights(UNEQUAL, 2);
    // The second block's middle head, and the first block's neurons 2 and 5.
    StudentWeights weights =
        new StudentWeights(
            UNEQUAL,
            parameter -> {
              float[] values = random.get(parameter.name()).values().clone();
              switch (parameter.name()) {
                case "block1.attention.output.weight" -> Arrays.fill(values, 8 * 16, 16 * 16, 0);
                case "block1.attention.input.weight" ->
                    IntStream.range(0, values.length)
                        .filter(i -> i / 8 % 3 == 1)
                        .forEach(i -> values[i] = 0);
                case "block0.feedforward.outer.weight" -> {
                  Arrays.fill(values, 2 * 16, 3 * 16, 0);
                  Arrays.fill(values, 5 * 16, 6 * 16, 0);
                }
                case "block0.feedforward.inner.weight" ->
                    IntStream.range(0, values.length)
                        .filter(i -> i % 7 == 2 || i % 7 == 5)
                        .forEach(i -> values[i] = 0);
                default -> {}
              }
              return new FloatTensor(parameter.shape(), values);
            });
    TrainingBatch batch = SmallStudents.batch(UNEQUAL, 20, 3);
    double share = (536 + 2 * 33 + 0.5) / (4 * 536 + 31 * 33);
    PruningPlan once =
        new PruningPlan(
            Mode.STRUCTURED,
            Units.NETWORK,
            Criterion.MAGNITUDE,
            Scope.ALL,
            Scaling.NONE,
            new PruningSchedule(Shape.EQUAL, 0, 1, share, share));
    try (StudentEngine engine = DjlStudentEngine.from(StudentState.fresh(weights, 2))) {
      float[][] before = engine.logits(batch.inputs());
      assertThat(engine.prune(once)).isPresent();
      float[][] after = engine.logits(batch.inputs());

      assertThat(((TransformerSpec) engine.spec()).blocks())
          .containsExactly(new BlockShape(1, 5), new BlockShape(2, 24));
      for (int row = 0; row < before.length; row++) {
        assertThat(after[row]).containsExactly(before[row], within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STRUCTURED", "BOTH"})
  void shouldContinueFromTheMiddleBitForBit(Mode mode) throws Exception {
    PruningPlan plan = plan(mode, Criterion.TAYLOR);
    StudentState half;
    StudentState whole;
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(UNEQUAL, 3))) {
      train(engine, plan, 13);
      half = engine.snapshot();
      train(engine, plan, 30);
      whole = engine.snapshot();
    }
    assertThat(half.spec()).isNotEqualTo(UNEQUAL).isNotEqualTo(whole.spec());
    StudentState read = StudentState.from(half.tensors(), half.header());
    assertThat(read).isEqualTo(half);
    // As after a roll-back: the engine had gone on to another shape.
    try (StudentEngine resumed = DjlStudentEngine.from(whole)) {
      resumed.restore(read);
      List<PruningLevel> levels = train(resumed, plan, 30);
      assertThat(levels).hasSize(1);
      assertThat(resumed.snapshot()).isEqualTo(whole);
    }
  }

  @Test
  void shouldPruneSingleWeightsOfWhatIsLeftOfTheUnits() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(UNEQUAL, 4))) {
      train(engine, plan(Mode.BOTH, Criterion.TAYLOR), 30);

      assertThat(engine.pruningLevel().unitsRemoved()).isBetween(0.58, 0.6);
      assertThat(engine.pruningLevel().sparsity()).isBetween(0.598, 0.6);
    }
  }

  @Test
  void shouldExportTheSmallerMatricesTruly() throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(UNEQUAL, 5))) {
      long before = export(engine).sizeBytes();
      train(engine, plan(Mode.STRUCTURED, Criterion.TAYLOR), 30);

      OnnxModel model = export(engine);
      TrainingBatch unseen = SmallStudents.batch(UNEQUAL, 40, 99);
      float[][] logits = engine.logits(unseen.inputs());
      assertThat(ParityCheck.largestDifference(model, SmallStudents.tokens(unseen), logits))
          .isGreaterThan(0)
          .isLessThan(ParityCheck.TOLERANCE);
      long gone = UNEQUAL.size() - engine.spec().size();
      assertThat(before - model.sizeBytes()).isCloseTo(4 * gone, within(200L));
    }
  }

  private static OnnxModel export(StudentEngine engine) {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    while (pieces.size() < 60) {
      pieces.add("piece" + pieces.size());
    }
    return StudentExport.export(
        engine.snapshot().weights(),
        new ModelMetadata(
            new LabelSpace(List.of("a", "b", "c")), 12, new WordPieceTokenizer(pieces), Map.of()));
  }

  @Test
  void shouldRefuseAStateThatPruningCannotHaveLeft() {
    TransformerSpec wider = TransformerSpec.uniform(60, 32, 2, 4, 24, 3, 12, true);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(UNEQUAL, 6))) {
      assertThatThrownBy(() -> engine.restore(SmallStudents.fresh(wider, 6)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
