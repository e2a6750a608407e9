package io.distillstream.trainer.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableRowsTest {

  @Test
  void shouldGiveEachEntryARowOfItsOwnAtFirst() {
    TableRows rows = TableRows.own(4);

    assertThat(rows.toArray()).containsExactly(0, 1, 2, 3);
    assertThat(rows.shared()).isFalse();
    assertThat(rows)
        .isEqualTo(TableRows.of(0, 1, 2, 3))
        .hasSameHashCodeAs(TableRows.of(0, 1, 2, 3));
  }

  @Test
  void shouldHandTheEntriesOfARowThatGoesToItsHeir() {
    TableRows once = TableRows.own(5).leaving(0, 3, 2, 3, 0);
    assertThat(once).isEqualTo(TableRows.of(0, 2, 1, 2, 0));
    assertThat(once.count()).isEqualTo(3);
    assertThat(once.entries()).isEqualTo(5);

    // Row 2, of the entries 1 and 3, goes to row 1.
    assertThat(once.leaving(0, 1, 1)).isEqualTo(TableRows.of(0, 1, 1, 1, 0));
  }

  @Test
  void shouldReadBackWhatAStateHolds() {
    TableRows rows = TableRows.of(0, 2, 1, 2, 0);

    assertThat(TableRows.of(rows.toTensor())).isEqualTo(rows);
    assertThatThrownBy(() -> TableRows.of(new FloatTensor(new int[] {2}, new float[] {0, 0.5f})))
        .hasMessageContaining("entry 1 has row 0.5");
  }

  @Test
  void shouldRefuseRowsThatDoNotExistOrThatNobodyHas() {
    assertThatThrownBy(() -> TableRows.of(0, 3, 1)).hasMessageContaining("entry 1 has row 3");
    assertThatThrownBy(() -> TableRows.of(0, -1)).hasMessageContaining("entry 1 has row -1");
    assertThatThrownBy(() -> TableRows.of(0, 2, 0)).hasMessageContaining("row 1 of 2");
    assertThatThrownBy(() -> TableRows.own(3).leaving(1, 2, 2)).hasMessageContaining("row 1");
  }
}
