package io.distillstream.wire.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RanksTest {

  @Test
  void shouldBeginABucketAtEachPowerOfTwo() {
    List<Integer> begins =
        IntStream.range(1, 10_000)
            .filter(rank -> Ranks.bucket(rank) != Ranks.bucket(rank - 1))
            .boxed()
            .toList();
    assertThat(begins).containsExactly(1, 2, 3, 5, 9, 17, 33);
    assertThat(Ranks.bucket(0)).isZero();
    assertThat(Ranks.bucket(1 << 20)).isEqualTo(Ranks.BUCKETS - 1);
  }
}
