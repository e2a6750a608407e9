package io.distillstream.trainer.examples;

import io.distillstream.trainer.engine.TrainingStoppedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where examples come from, in the order in which they are trained. For one reading thread. */
public interface ExampleSource extends AutoCloseable {

  /**
   * Starts, or starts over, at these positions; whatever was fetched before is forgotten.
   *
   * @param positions partition to the next offset; a partition that is absent starts at its
   *     beginning
   */
  void seek(Map<Integer, Long> positions);

  /**
   * The next arrival, or null if none comes within {@code wait}.
   *
   * @throws TrainingStoppedException if the fetching ended, once all that was fetched is read
   */
  @Nullable Arrival poll(Duration wait) throws InterruptedException;

  @Override
  void close();

  /** Examples in memory, as partition 0; for measuring the loop without a broker. */
  static ExampleSource of(List<Example> examples) {
    return of(examples, HeldOutRule.NONE);
  }

  /** The same, of which some are held out. */
  static ExampleSource of(List<Example> examples, HeldOutRule heldOut) {
    return new ListExampleSource(examples, heldOut);
  }
}
