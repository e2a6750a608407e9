package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArgMaxTest {

  @Test
  void shouldFindTheLargest() {
    assertThat(ArgMax.of(new float[] {-3, -1, -2})).isEqualTo(1);
    assertThat(ArgMax.of(new float[] {5})).isZero();
  }

  @Test
  void shouldGiveTheFirstOfEquals() {
    assertThat(ArgMax.of(new float[] {0, 2, 1, 2})).isEqualTo(1);
  }

  @Test
  void shouldLookAtOneRowOfMany() {
    float[] rows = {9, 1, 2, 3, 4, 9};

    assertThat(ArgMax.of(rows, 1, 4)).isEqualTo(3);
  }
}
