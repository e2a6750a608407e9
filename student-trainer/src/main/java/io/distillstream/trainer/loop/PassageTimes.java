package io.distillstream.trainer.loop;

import io.distillstream.avro.LegTimes;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.Example.Passage;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** How long records of live traffic took on each leg of their way into the student. */
final class PassageTimes {

  private final DurationHistogram labelled = new DurationHistogram();
  private final DurationHistogram joined = new DurationHistogram();
  private final DurationHistogram trained = new DurationHistogram();

  /** Records by the time at which they were learned: one entry a batch at most. */
  private final TreeMap<Instant, Long> learned = new TreeMap<>();

  void learned(List<Example> examples, Instant at) {
    long live = 0;
    for (Example example : examples) {
      if (example.live()) {
        live++;
        add(example.passage(), at);
      }
    }
    if (live > 0) {
      learned.merge(at, live, Long::sum);
    }
  }

  private void add(Passage passage, Instant learnedAt) {
    labelled.add(Duration.between(passage.receivedAt(), passage.labelledAt()), 1);
    Instant waiting = passage.labelledAt();
    if (passage.joinedAt() != null) {
      joined.add(Duration.between(waiting, passage.joinedAt()), 1);
      waiting = passage.joinedAt();
    }
    trained.add(Duration.between(waiting, learnedAt), 1);
  }

  /** The legs of all records learned, the last of which ends at this time. */
  LegTimes legs(Instant checkpointAt) {
    DurationHistogram checkpointed = new DurationHistogram();
    learned.forEach((at, count) -> checkpointed.add(Duration.between(at, checkpointAt), count));
    return new LegTimes(
        labelled.toAvro(), joined.toAvro(), trained.toAvro(), checkpointed.toAvro());
  }

  void clear() {
    labelled.clear();
    joined.clear();
    trained.clear();
    learned.clear();
  }
}
