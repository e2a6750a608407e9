package io.distillstream.local.feed.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShuffleBufferTest {

  private final AtomicInteger overflows = new AtomicInteger();

  @Test
  void shouldShuffleUniformlyWhatFitsIntoIt() {
    int[] firsts = new int[5];
    for (int seed = 0; seed < 5_000; seed++) {
      List<Integer> mixed =
          all(new ShuffleBuffer<>(numbers(5), 5, seed, overflows::incrementAndGet));
      assertThat(mixed).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      firsts[mixed.get(0)]++;
    }
    // 1,000 each; the standard deviation is 28.
    for (int first : firsts) {
      assertThat(first).isBetween(850, 1_150);
    }
    assertThat(overflows).hasValue(0);
  }

  @Test
  void shouldLoseAndRepeatNothingOfMoreThanItHolds() {
    List<Integer> mixed =
        all(new ShuffleBuffer<>(numbers(1_000), 10, 7, overflows::incrementAndGet));

    assertThat(mixed).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(overflows).hasValue(1);
  }

  @Test
  void shouldReadNoFurtherThanItHolds() {
    AtomicInteger read = new AtomicInteger();
    Iterator<Integer> endless = Stream.generate(read::incrementAndGet).iterator();
    ShuffleBuffer<Integer> buffer = new ShuffleBuffer<>(endless, 10, 7, () -> {});

    assertThat(buffer.next()).isBetween(1, 10);
    assertThat(read).hasValue(10);
    assertThat(buffer.next()).isBetween(1, 11);
    assertThat(read).hasValue(11);
  }

  private static Iterator<Integer> numbers(int count) {
    return IntStream.range(0, count).iterator();
  }

  private static <T> List<T> all(Iterator<T> iterator) {
    List<T> all = new ArrayList<>();
    iterator.forEachRemaining(all::add);
    return all;
  }
}
