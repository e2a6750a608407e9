package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.memory.Drawn;
import io.distillstream.trainer.memory.Remembered;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Arrivals that are not trained yet, in order. They count for nothing until they are: a checkpoint
 * taken meanwhile does not cover them.
 */
public final class PendingBatch {
  private final List<Example> examples = new ArrayList<>();
  private final List<SpanContext> traces = new ArrayList<>();
  private final List<ProducerRecord<String, byte[]>> letters = new ArrayList<>();
  private final List<Arrival.HeldOut> heldOut = new ArrayList<>();
  private final Map<Integer, Long> reached = new HashMap<>();
  private final Map<Integer, Long> first = new HashMap<>();
  private long oldestNanos;

  /**
   * Takes a record that was read.
   *
   * @param nowNanos of the monotonic clock
   */
  public void add(Arrival arrival, long nowNanos) {
    if (arrival instanceof Arrival.Usable usable) {
      if (examples.isEmpty()) {
        oldestNanos = nowNanos;
      }
      examples.add(usable.example());
      if (usable.trace().isSampled()) {
        traces.add(usable.trace());
      }
    } else if (arrival instanceof Arrival.Refused refused) {
      letters.add(refused.letter());
    } else if (arrival instanceof Arrival.HeldOut kept) {
      heldOut.add(kept);
    }
    pass(arrival);
  }

  /** Leaves an arrival out, whatever it is. */
  void pass(Arrival arrival) {
    reached.put(arrival.partition(), arrival.offset() + 1);
    first.putIfAbsent(arrival.partition(), arrival.offset());
  }

  /** Of the examples those that are no live traffic. */
  int augmented() {
    return (int) examples.stream().filter(Example::augmented).count();
  }

  /** Whether nothing arrived, refused or not. */
  boolean isEmpty() {
    return reached.isEmpty();
  }

  /** Number of examples. */
  int size() {
    return examples.size();
  }

  /** Of the examples those that are met for the first time. */
  int fresh() {
    return (int) examples.stream().filter(example -> example.origin().isFresh()).count();
  }

  /** Nanoseconds since the first example came; 0 without one. */
  long waitedNanos(long nowNanos) {
    return examples.isEmpty() ? 0 : nowNanos - oldestNanos;
  }

  List<Example> examples() {
    return List.copyOf(examples);
  }

  /** Of the examples that are traced. */
  List<SpanContext> traces() {
    return List.copyOf(traces);
  }

  List<ProducerRecord<String, byte[]>> letters() {
    return List.copyOf(letters);
  }

  /** What is not learned. */
  List<Arrival.HeldOut> heldOut() {
    return List.copyOf(heldOut);
  }

  /** Partition to the offset after the last arrival. */
  Map<Integer, Long> reached() {
    return Map.copyOf(reached);
  }

  /** Partition to the offset of the first arrival. */
  Map<Integer, Long> first() {
    return Map.copyOf(first);
  }

  /**
   * The examples as the engine takes them.
   *
   * @throws IllegalArgumentException if there is none
   */
  public TrainingBatch rows() {
    return rows(List.of());
  }

  /**
   * The examples, and behind them the remembered ones.
   *
   * @throws IllegalArgumentException if there is no example
   */
  TrainingBatch rows(List<Drawn> replayed) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("expected at least one example");
    }
    return rows(examples, replayed);
  }

  /** Remembered examples alone, at least one. */
  static TrainingBatch replayed(List<Drawn> replayed) {
    return rows(List.of(), replayed);
  }

  private static TrainingBatch rows(List<Example> examples, List<Drawn> replayed) {
    List<Remembered> rows =
        Stream.concat(examples.stream().map(Remembered::of), replayed.stream().map(Drawn::example))
            .toList();
    return new TrainingBatch(
        new TokenInputs(rows.stream().map(Remembered::tokens).toArray(int[][]::new)),
        rows.stream().map(Remembered::target).toList(),
        rows.stream().mapToInt(Remembered::truth).toArray(),
        rows.stream().map(Remembered::embedding).toArray(float[][]::new),
        Stream.concat(
                examples.stream().map(Example::origin),
                replayed.stream().map(example -> Origin.REPLAYED))
            .toList());
  }

  void clear() {
    examples.clear();
    traces.clear();
    letters.clear();
    heldOut.clear();
    reached.clear();
    first.clear();
  }
}
