package io.distillstream.trainer.prune.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowPruningTest {
  /** Six rows of two: of four words and of two buckets. */
  private static final NgramSpec SPEC = new NgramSpec(4, 2, 2, 3, 8);

  private static final float[] TABLE = {0, 1, 5, 5, 0, 2, 5, 4, 9, 0, 4, 0};

  private static StudentWeights weights(StudentSpec spec, float... table) {
    return new StudentWeights(
        spec,
        parameter ->
            parameter.name().equals(StudentSpec.EMBEDDING)
                ? new FloatTensor(parameter.shape(), table)
                : FloatTensor.zeros(parameter.shape()));
  }

  private static PruningMemory taylor(float... scores) {
    return new PruningMemory(
        Criterion.TAYLOR,
        Map.of(StudentSpec.EMBEDDING, new FloatTensor(new int[] {scores.length / 2, 2}, scores)),
        0);
  }

  private static TableRows rows(Shrinking shrinking) {
    return shrinking.spec().tableRows();
  }

  @Test
  void shouldTakeTheLeastImportantAndShareTheNearestOfThoseThatStay() {
    PruningMemory memory = taylor(3, 3, 0, 4, 2, 3, 9, 0, 1, 1, 8, 0);

    Shrinking shrinking = new RowPruning(SPEC).choose(weights(SPEC, TABLE), memory, 0.5);

    // Of 6, 4, 5, 9, 2 and 8 go 4, 5 and 2: to (5, 4), to (0, 1), and to (4, 0).
    assertThat(rows(shrinking)).isEqualTo(TableRows.of(0, 1, 0, 1, 2, 2));
    assertThat(shrinking.apply(weights(SPEC, TABLE)).get(StudentSpec.EMBEDDING))
        .isEqualTo(new FloatTensor(new int[] {3, 2}, new float[] {0, 1, 5, 4, 4, 0}));
    assertThat(shrinking.apply(memory, 7).scores(StudentSpec.EMBEDDING).values())
        .containsExactly(3, 3, 9, 0, 8, 0);
  }

  @Test
  void shouldGoByMagnitudeWhereNoTextHasUsedARow() {
    PruningMemory memory = taylor(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    Shrinking shrinking = new RowPruning(SPEC).choose(weights(SPEC, TABLE), memory, 0.4);

    // The shortest are (0, 1) and (0, 2).
    assertThat(shrinking.apply(weights(SPEC, TABLE)).get(StudentSpec.EMBEDDING).values())
        .containsExactly(5, 5, 5, 4, 9, 0, 4, 0);
    assertThat(rows(shrinking).row(0)).isEqualTo(rows(shrinking).row(2)).isEqualTo(3);
  }

  @Test
  void shouldTakePrunedWeightsForNothing() {
    PruningMemory memory = taylor(3, 3, 4, PruningMemory.PRUNED, 2, 3, 9, 0, 4, 1, 8, 0);

    assertThat(rows(new RowPruning(SPEC).choose(weights(SPEC, TABLE), memory, 0.2)).toArray())
        .containsExactly(0, 2, 1, 2, 3, 4);
  }

  @Test
  void shouldGoOnWithWhatIsLeft() {
    NgramSpec shared = SPEC.withTableRows(TableRows.of(0, 1, 0, 1, 2, 2));
    StudentWeights left = weights(shared, 0, 1, 5, 4, 4, 0);
    RowPruning pruning = new RowPruning(shared);

    assertThat(pruning.removed()).isCloseTo(0.5, within(1e-12));
    assertThat(pruning.isDue(0.5)).isFalse();
    assertThat(pruning.isDue(0.7)).isTrue();
    assertThat(rows(pruning.choose(left, PruningMemory.NONE, 0.7)))
        .isEqualTo(TableRows.of(1, 0, 1, 0, 1, 1));
  }

  @Test
  void shouldLeaveOneRow() {
    Shrinking shrinking =
        new RowPruning(SPEC).choose(weights(SPEC, TABLE), PruningMemory.NONE, 0.999);

    assertThat(rows(shrinking).count()).isEqualTo(1);
    assertThat(new RowPruning(shrinking.spec()).isDue(0.999)).isFalse();
  }
}
