package io.distillstream.teacher.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the model is expected to need for what it has in hand, at 10 ms for a cost of 1. */
class PaceTest {

  private final AtomicLong now = new AtomicLong();
  private final Pace pace = new Pace(now::get);

  @BeforeEach
  void measure() {
    pace.batchEnds(1, 1, 1, TimeUnit.MILLISECONDS.toNanos(10));
  }

  @Test
  void shouldCountABatchDownAndNotJumpAtItsEnd() {
    pace.windowStarts(7);
    assertThat(pace.inModelMillis()).isEqualTo(70);
    pace.batchStarts(4, 5);
    assertThat(pace.inModelMillis()).isEqualTo(80);

    pass(50);
    double before = pace.inModelMillis();
    pace.batchEnds(2, 4, 5, TimeUnit.MILLISECONDS.toNanos(50));

    assertThat(before).isEqualTo(30);
    assertThat(pace.inModelMillis()).isEqualTo(30);
  }

  @Test
  void shouldExpectALateBatchToTakeAsLongAgainAsItIsLate() {
    pace.windowStarts(4);
    pace.batchStarts(4, 5);

    pass(51);
    assertThat(pace.inModelMillis()).isEqualTo(1);
    pass(50);
    assertThat(pace.inModelMillis()).isEqualTo(51);
  }

  @Test
  void shouldNotTakeATimeInWhichItStoodStillForThatOfABatch() {
    pace.batchEnds(1, 1, 1, TimeUnit.SECONDS.toNanos(80));
    assertThat(pace.millis(1)).isEqualTo(16);

    pace.commitStarts();
    pass(20);
    pace.commitEnds(true);
    pace.commitStarts();
    pass(80_000);
    pace.commitEnds(true);
    assertThat(pace.commitMillis()).isBetween(200.0, 210.0);
  }

  @Test
  void shouldFollowAModelThatBecomesSlow() {
    for (int i = 0; i < 30; i++) {
      pace.batchEnds(1, 1, 1, TimeUnit.MILLISECONDS.toNanos(1_000));
    }
    assertThat(pace.millis(1)).isBetween(980.0, 1_000.0);
  }

  @Test
  void shouldBeStaleOnceNothingWasMeasuredForLong() {
    pass(100);
    assertThat(pace.isStale(100)).isFalse();
    pass(1);
    assertThat(pace.isStale(100)).isTrue();

    pace.windowStarts(1);
    assertThat(pace.isStale(100)).isFalse();
    pace.batchEnds(1, 1, 1, TimeUnit.MILLISECONDS.toNanos(10));
    assertThat(pace.isStale(100)).isFalse();
  }

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
