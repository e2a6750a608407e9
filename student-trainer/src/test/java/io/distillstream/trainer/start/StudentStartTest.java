package io.distillstream.trainer.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StudentStartTest {
  private static final TransformerSpec WHOLE = TransformerSpec.uniform(8, 4, 2, 2, 6, 3, 4, false);

  private static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "oak"));

  private final StudentStart start =
      new StudentStart(
          TrainerSettings.from(Settings.load(TrainerSettings.all(), Map.of())).student());

  private static Optional<GoodState> checkpoint(StudentState state) {
    return Optional.of(new GoodState(state, Lineage.NONE, Map.of()));
  }

  @Test
  void shouldContinueWithWhatPruningLeftOfTheShapeThatTheSettingsAskFor() {
    StudentState pruned = pruned(PruningPlan.Units.NETWORK);

    assertThat(pruned.spec()).isNotEqualTo(WHOLE);
    assertThat(start.state(checkpoint(pruned), WHOLE, TOKENIZER)).isEqualTo(pruned);
  }

  @Test
  void shouldContinueWhereWordsShareRows() {
    StudentState pruned = pruned(PruningPlan.Units.ALL);
    StudentState rowsOnly = pruned(PruningPlan.Units.ROWS);
    // As one that started from the weights of another, without its memory of pruning.
    StudentState started = StudentState.fresh(rowsOnly.weights(), 1);

    assertThat(((TransformerSpec) rowsOnly.spec()).tableRows().count()).isEqualTo(4);
    for (StudentState state : List.of(pruned, rowsOnly, started)) {
      assertThat(start.state(checkpoint(state), WHOLE, TOKENIZER)).isEqualTo(state);
    }
  }

  @Test
  void shouldRefuseAnotherShape() {
    TransformerSpec wider = TransformerSpec.uniform(8, 4, 2, 2, 7, 3, 4, false);
    StudentState unpruned = StudentState.fresh(RandomStart.weights(WHOLE, 1), 1);

    assertThatThrownBy(() -> start.state(checkpoint(unpruned), wider, TOKENIZER))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("trainer.model, quantizer.model and monitor.model");
    assertThatThrownBy(
            () -> start.state(checkpoint(pruned(PruningPlan.Units.NETWORK)), wider, TOKENIZER))
        .isInstanceOf(TrainingStoppedException.class);
    assertThatThrownBy(
            () -> start.state(checkpoint(pruned(PruningPlan.Units.ALL)), wider, TOKENIZER))
        .isInstanceOf(TrainingStoppedException.class);
  }

  private static StudentState pruned(PruningPlan.Units units) {
    StudentState state = StudentState.fresh(RandomStart.weights(WHOLE, 1), 1);
    try (StudentEngine engine = DjlStudentEngine.from(state)) {
      engine.prune(
          new PruningPlan(
              PruningPlan.Mode.STRUCTURED,
              units,
              Criterion.MAGNITUDE,
              PruningPlan.Scope.ALL,
              PruningPlan.Scaling.NONE,
              new PruningSchedule(PruningSchedule.Shape.EQUAL, 0, 1, 0.5, 0.5)));
      return engine.snapshot();
    }
  }
}
