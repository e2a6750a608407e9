package io.distillstream.trainer.examples;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Examples in memory, as partition 0. */
final class ListExampleSource implements ExampleSource {
  private final List<Example> examples;
  private final HeldOutRule heldOut;
  private int next;

  ListExampleSource(List<Example> examples, HeldOutRule heldOut) {
    this.examples = List.copyOf(examples);
    this.heldOut = heldOut;
  }

  @Override
  public void seek(Map<Integer, Long> positions) {
    next = Math.toIntExact(positions.getOrDefault(0, 0L));
  }

  @Override
  public @Nullable Arrival poll(Duration wait) throws InterruptedException {
    if (next >= examples.size()) {
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
      return null;
    }
    int offset = next++;
    Example example = examples.get(offset);
    return example.live() && heldOut.holdsOut(example.requestId())
        ? new Arrival.HeldOut(0, offset, example, Optional.empty())
        : new Arrival.Usable(0, offset, example);
  }

  @Override
  public void close() {}
}
