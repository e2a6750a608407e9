package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
  @Test
  void shouldPadToTheLongestText() {
    TokenBatch batch = TokenBatch.of(List.of(new int[] {1, 2}, new int[] {3, 4, 5}), 9);
    assertThat(batch.shape()).containsExactly(2, 3);
    assertThat(batch.ids()).containsExactly(1, 2, 9, 3, 4, 5);
    assertThat(batch.mask()).containsExactly(1, 1, 0, 1, 1, 1);
  }

  @Test
  void shouldRefuseABatchWithoutTokens() {
    assertThatThrownBy(() -> TokenBatch.of(List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TokenBatch.of(List.of(new int[0]), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
