package io.distillstream.benchmarks.scenario.run;

import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.ExampleSource;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source in memory that says when it has no more, so that nobody waits for a batch to fill. */
final class FiniteSource implements ExampleSource {
  private final ExampleSource records;
  private final long end;
  private Runnable done = () -> {};
  private long next;

  /**
   * @param end how many records there are, in partition 0
   */
  FiniteSource(ExampleSource records, long end) {
    this.records = records;
    this.end = end;
  }

  void whenDone(Runnable action) {
    done = action;
  }

  @Override
  public void seek(Map<Integer, Long> positions) {
    next = positions.getOrDefault(0, 0L);
    records.seek(positions);
  }

  @Override
  public @Nullable Arrival poll(Duration wait) throws InterruptedException {
    if (next >= end) {
      done.run();
      return null;
    }
    Arrival arrival = records.poll(wait);
    next += arrival == null ? 0 : 1;
    return arrival;
  }

  @Override
  public void close() {
    records.close();
  }
}
