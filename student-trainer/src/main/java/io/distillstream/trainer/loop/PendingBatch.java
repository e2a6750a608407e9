package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Arrivals that are not trained yet, in order. They count for nothing until they are: a checkpoint
 * taken meanwhile does not cover them.
 */
public final class PendingBatch {
  private final List<Example> examples = new ArrayList<>();
  private final List<ProducerRecord<String, byte[]>> letters = new ArrayList<>();
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
    } else if (arrival instanceof Arrival.Refused refused) {
      letters.add(refused.letter());
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

  /** Nanoseconds since the first example came; 0 without one. */
  long waitedNanos(long nowNanos) {
    return examples.isEmpty() ? 0 : nowNanos - oldestNanos;
  }

  List<Example> examples() {
    return List.copyOf(examples);
  }

  List<ProducerRecord<String, byte[]>> letters() {
    return List.copyOf(letters);
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
    return new TrainingBatch(
        new TokenInputs(examples.stream().map(Example::tokens).toArray(int[][]::new)),
        examples.stream().map(Example::target).toList(),
        examples.stream().mapToInt(Example::truth).toArray(),
        examples.stream().map(Example::embedding).toArray(float[][]::new),
        marks());
  }

  private boolean[] marks() {
    boolean[] marks = new boolean[examples.size()];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = examples.get(i).augmented();
    }
    return marks;
  }

  void clear() {
    examples.clear();
    letters.clear();
    reached.clear();
    first.clear();
  }
}
