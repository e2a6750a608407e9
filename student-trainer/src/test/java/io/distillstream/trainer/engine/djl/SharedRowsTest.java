package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.engine.djl.PruningRun.BATCH;
import static io.distillstream.trainer.engine.djl.PruningRun.plan;
import static io.distillstream.trainer.engine.djl.PruningRun.train;
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
import io.distillstream.trainer.parameter.TableRows;
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
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Students whose words share rows of the table after pruning. */
class SharedRowsTest {
  private static final NgramSpec NGRAM = new NgramSpec(60, 8, 100, 3, 12);

  static Stream<StudentSpec> families() {
    return Stream.of(SmallStudents.UNEQUAL, NGRAM);
  }

  private static final PruningPlan ROWS = plan(Mode.STRUCTURED, Units.ROWS, Criterion.TAYLOR);

  private static TableRows rows(StudentEngine engine) {
    return engine.spec().tableRows();
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeRowsOutByTheSchedule(Criterion criterion) throws Exception {
    try (StudentEngine engine =
        DjlStudentEngine.from(SmallStudents.fresh(SmallStudents.UNEQUAL, 1))) {
      List<PruningLevel> levels = train(engine, plan(Mode.STRUCTURED, Units.ROWS, criterion), 30);

      assertThat(levels)
          .extracting(PruningLevel::rowsRemoved)
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b))
          .containsExactly(0.2, 0.4, 0.6);
      assertThat(levels).allMatch(level -> level.unitsRemoved() == 0 && level.pruned() == 0);
      assertThat(rows(engine).count()).isEqualTo(24);
      assertThat(engine.spec().size()).isEqualTo(SmallStudents.UNEQUAL.size() - 36 * 16);
      assertThat(engine.pruningLevel()).isEqualTo(levels.get(2));
    }
  }

  @Test
  void shouldTakeEachKindByItselfWhereBothGo() throws Exception {
    try (StudentEngine engine =
        DjlStudentEngine.from(SmallStudents.fresh(SmallStudents.UNEQUAL, 1))) {
      List<PruningLevel> levels =
          train(engine, plan(Mode.STRUCTURED, Units.ALL, Criterion.TAYLOR), 30);

      assertThat(levels).hasSize(3);
      assertThat(levels.get(2).rowsRemoved()).isCloseTo(0.6, within(1e-9));
      assertThat(levels.get(2).unitsRemoved()).isBetween(0.58, 0.6);
    }
  }

  @Test
  void shouldFirstTakeRowsThatNoTextUses() throws Exception {
    // Texts have the words 0, 1, 2 and 10 to 59; the seven others go first of all.
    try (StudentEngine engine =
        DjlStudentEngine.from(SmallStudents.fresh(SmallStudents.UNEQUAL, 2))) {
      PruningPlan seven =
          new PruningPlan(
              Mode.STRUCTURED,
              Units.ROWS,
              Criterion.TAYLOR,
              Scope.ALL,
              Scaling.NONE,
              new PruningSchedule(Shape.EQUAL, 20 * BATCH, BATCH, 7.5 / 60, 7.5 / 60));
      train(engine, seven, 21);

      int[] rows = rows(engine).toArray();
      for (int word = 0; word < 60; word++) {
        boolean unused = word >= 3 && word < 10;
        int own = unused ? -1 : word < 3 ? word : word - 7;
        assertThat(rows[word] == own).as("word %d", word).isEqualTo(!unused);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void shouldAnswerAsBeforeWhereTheHeirIsTheSame(StudentSpec spec) {
    // The rows 30 to 59 repeat the rows 0 to 29, and are a little less important by magnitude.
    StudentWeights random = RandomStart.weights(spec, 3);
    StudentWeights doubled =
        new StudentWeights(
            spec,
            parameter -> {
              FloatTensor own = random.get(parameter.name());
              if (!parameter.name().equals(StudentSpec.EMBEDDING)) {
                return own;
              }
              float[] values = own.values().clone();
              int half = 30 * spec.width();
              System.arraycopy(values, 0, values, half, half);
              for (int i = 2 * half; i < values.length; i++) {
                values[i] = 9;
              }
              for (int row = 30; row < 60; row++) {
                values[row * spec.width()] *= 0.999999f;
              }
              return new FloatTensor(parameter.shape(), values);
            });
    TrainingBatch batch = SmallStudents.batch(spec, 20, 3);
    double share = 1.5 / spec.tableRows().entries();
    PruningPlan once =
        new PruningPlan(
            Mode.STRUCTURED,
            Units.ROWS,
            Criterion.MAGNITUDE,
            Scope.ALL,
            Scaling.NONE,
            new PruningSchedule(Shape.EQUAL, 0, 1, share, share));
    try (StudentEngine engine = DjlStudentEngine.from(StudentState.fresh(doubled, 3))) {
      float[][] before = engine.logits(batch.inputs());
      assertThat(engine.prune(once)).isPresent();
      float[][] after = engine.logits(batch.inputs());

      assertThat(rows(engine).count()).isEqualTo(spec.tableRows().count() - 1);
      for (int row = 0; row < before.length; row++) {
        assertThat(after[row]).containsExactly(before[row], within(1e-5f));
      }
    }
  }

  static Stream<Arguments> plans() {
    return families()
        .flatMap(
            spec ->
                Stream.of(Mode.STRUCTURED, Mode.BOTH)
                    .flatMap(
                        mode ->
                            Stream.of(Units.ROWS, Units.ALL)
                                .map(units -> Arguments.of(spec, mode, units))));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void shouldContinueFromTheMiddleBitForBit(StudentSpec spec, Mode mode, Units units)
      throws Exception {
    PruningPlan plan = plan(mode, units, Criterion.TAYLOR);
    StudentState half;
    StudentState whole;
    long fingerprint;
    try (DjlStudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(spec, 4))) {
      train(engine, plan, 13);
      half = engine.snapshot();
      train(engine, plan, 30);
      whole = engine.snapshot();
      fingerprint = engine.fingerprint();
    }
    assertThat(half.spec()).isNotEqualTo(spec).isNotEqualTo(whole.spec());
    StudentState read = StudentState.from(half.tensors(), half.header());
    assertThat(read).isEqualTo(half);
    // As after a roll-back: the engine had gone on to another shape.
    try (DjlStudentEngine resumed = DjlStudentEngine.from(whole)) {
      resumed.restore(read);
      assertThat(train(resumed, plan, 30)).hasSize(1);
      assertThat(resumed.snapshot()).isEqualTo(whole);
      assertThat(resumed.fingerprint()).isEqualTo(fingerprint);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void shouldExportTheSmallerTableTruly(StudentSpec spec) throws Exception {
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(spec, 5))) {
      long before = export(engine).sizeBytes();
      train(engine, ROWS, 30);

      OnnxModel model = export(engine);
      TrainingBatch unseen = SmallStudents.batch(spec, 40, 99);
      float[][] logits = engine.logits(unseen.inputs());
      assertThat(ParityCheck.largestDifference(model, SmallStudents.tokens(unseen), logits))
          .isGreaterThan(0)
          .isLessThan(ParityCheck.TOLERANCE);
      long saved = 4 * (spec.size() - engine.spec().size());
      long map = 4L * spec.tableRows().entries();
      assertThat(before - model.sizeBytes()).isCloseTo(saved - map, within(200L));
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
  void shouldTellStudentsApartThatDifferInTheirSharingAlone() {
    NgramSpec one = NGRAM.withTableRows(TableRows.own(160).leaving(heirs(160, 7, 8)));
    NgramSpec other = NGRAM.withTableRows(TableRows.own(160).leaving(heirs(160, 7, 9)));
    StudentWeights weights = RandomStart.weights(one, 1);
    StudentWeights same = new StudentWeights(other, p -> weights.get(p.name()));
    try (DjlStudentEngine first = DjlStudentEngine.from(StudentState.fresh(weights, 1));
        DjlStudentEngine second = DjlStudentEngine.from(StudentState.fresh(same, 1))) {
      assertThat(first.fingerprint()).isNotEqualTo(second.fingerprint());
    }
  }

  private static int[] heirs(int rows, int gone, int heir) {
    int[] heirs = TableRows.own(rows).toArray();
    heirs[gone] = heir;
    return heirs;
  }

  static Stream<Arguments> familiesWithoutUnits() {
    return Stream.of(
        Arguments.of(NGRAM, Units.NETWORK, "heads and neurons"),
        Arguments.of(CausalTransformerSpec.of(StudentSize.TINY, 60, 12), Units.ROWS, "rows"),
        Arguments.of(CausalTransformerSpec.of(StudentSize.TINY, 60, 12), Units.ALL, "units"));
  }

  @ParameterizedTest
  @MethodSource("familiesWithoutUnits")
  void shouldRefuseUnitsThatTheStudentDoesNotHaveBeforeAnyIsDue(
      StudentSpec spec, Units units, String named) {
    PruningPlan plan = plan(Mode.STRUCTURED, units, Criterion.TAYLOR);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(spec, 6))) {
      assertThatThrownBy(() -> engine.prune(plan))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no " + named);
    }
  }
}
