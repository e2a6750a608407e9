package io.distillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.MadeUpExamples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineageTest {

  @Test
  void shouldSumTheFirstEightBytesOfTheIdsDigests() {
    // printf request-0 | sha256sum, and request-1: the first 16 hexadecimal digits of each.
    long zero = Long.parseUnsignedLong("c1185fd39a300b0e", 16);
    long one = Long.parseUnsignedLong("19f1064b619d49d3", 16);

    assertThat(Lineage.NONE.after(MadeUpExamples.range(0, 2), Map.of()).digest())
        .isEqualTo(zero + one);
  }

  @Test
  void shouldNotDependOnOrderOrOnBatches() {
    List<Example> reversed = new ArrayList<>(MadeUpExamples.range(0, 30));
    Collections.reverse(reversed);

    Lineage atOnce = Lineage.NONE.after(reversed, Map.of());
    Lineage inTwo =
        Lineage.NONE
            .after(MadeUpExamples.range(0, 13), Map.of())
            .after(MadeUpExamples.range(13, 30), Map.of());

    assertThat(atOnce.digest()).isEqualTo(inTwo.digest());
    assertThat(atOnce.records()).isEqualTo(30);
  }

  @Test
  void shouldShowARecordThatIsMissingOrTrainedTwice() {
    long whole = Lineage.NONE.after(MadeUpExamples.range(0, 10), Map.of()).digest();

    assertThat(Lineage.NONE.after(MadeUpExamples.range(0, 9), Map.of()).digest())
        .isNotEqualTo(whole);
    assertThat(
            Lineage.NONE
                .after(MadeUpExamples.range(0, 9), Map.of())
                .after(MadeUpExamples.range(0, 1), Map.of())
                .digest())
        .isNotEqualTo(whole);
  }

  @Test
  void shouldKeepTheOffsetsOfPartitionsThatStoodStill() {
    Lineage lineage =
        Lineage.NONE
            .reaching(Map.of(0, 5L, 1, 7L))
            .after(MadeUpExamples.range(0, 1), Map.of(1, 8L));

    assertThat(lineage.offsets()).isEqualTo(Map.of(0, 5L, 1, 8L));
  }

  @Test
  void shouldNameTheNewestVersionOfEachTeacher() {
    assertThat(Lineage.NONE.after(MadeUpExamples.range(99, 101), Map.of()).teacherVersions())
        .isEqualTo(Map.of("teacher", "v1"));
  }

  @Test
  void shouldCountVersions() {
    assertThat(Lineage.NONE.published().published().version()).isEqualTo(2);
  }

  @Test
  void shouldCountHardExamplesAmongTheRecords() {
    Lineage lineage =
        Lineage.NONE
            .after(MadeUpExamples.range(0, 3), Map.of())
            .sending(2)
            .after(marked(3, 4), Map.of());

    assertThat(lineage.published().reaching(Map.of(0, 9L)).augmented())
        .isEqualTo(new Augmented(2, 1));
    assertThat(lineage.records()).isEqualTo(4);
    assertThat(lineage.digest())
        .isEqualTo(Lineage.NONE.after(MadeUpExamples.range(0, 4), Map.of()).digest());
  }

  @Test
  void shouldCountSyntheticTextsAmongTheRecordsAndApartFromHardExamples() {
    List<Example> synthetic =
        MadeUpExamples.range(3, 5).stream()
            .map(example -> MadeUpExamples.as(Origin.SYNTHETIC, example))
            .toList();

    Lineage lineage =
        Lineage.NONE.after(synthetic, Map.of()).sending(1).after(marked(5, 6), Map.of());

    assertThat(lineage.published().augmented()).isEqualTo(new Augmented(1, 1, 2));
    assertThat(lineage.records()).isEqualTo(3);
  }

  private static List<Example> marked(int from, int to) {
    return MadeUpExamples.range(from, to).stream().map(MadeUpExamples::augmented).toList();
  }

  @Test
  void shouldRefuseAnImpossibleCount() {
    assertThatThrownBy(() -> new Lineage(0, Map.of(), -1, 0, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
