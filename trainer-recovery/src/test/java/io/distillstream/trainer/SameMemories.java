package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.memory.MemoriesState;
import io.distillstream.trainer.memory.MemoryState;

/** Compares what two students remember, to the byte and in order. */
final class SameMemories {
  private SameMemories() {}

  static void assertSame(MemoriesState actual, MemoriesState expected) {
    assertSame(actual.replay(), expected.replay());
    assertSame(actual.heldOut(), expected.heldOut());
    assertThat(actual.labels()).isEqualTo(expected.labels());
    assertThat(actual.replay().entries()).isNotEmpty();
  }

  private static void assertSame(MemoryState actual, MemoryState expected) {
    assertThat(actual.offered()).isEqualTo(expected.offered());
    assertThat(actual.labels()).isEqualTo(expected.labels());
    assertThat(actual.entries())
        .extracting(MemoryState.Entry::sequence)
        .isEqualTo(expected.entries().stream().map(MemoryState.Entry::sequence).toList());
    assertThat(bytes(actual)).isDeepEqualTo(bytes(expected));
  }

  private static byte[][] bytes(MemoryState memory) {
    return memory.entries().stream().map(MemoryState.Entry::bytes).toArray(byte[][]::new);
  }
}
