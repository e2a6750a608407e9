package io.distillstream.trainer.examples;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts the records of several partitions into one order: of the next records of all partitions, the
 * one with the earliest timestamp; of equal ones, that of the lowest partition.
 *
 * <p>Which record comes next depends on the log and on each partition's position alone. So reading
 * that starts at positions it once passed through goes on as it did then, without any other memory.
 * Within a partition the log's order holds, whatever the timestamps say.
 *
 * <p>That takes knowing the next record of every partition that has one: where it is not fetched
 * yet, nothing comes.
 */
final class PartitionMerge {
  private final Map<Integer, Deque<ConsumerRecord<String, byte[]>>> fetched = new TreeMap<>();

  PartitionMerge(Set<Integer> partitions) {
    partitions.forEach(partition -> fetched.put(partition, new ArrayDeque<>()));
  }

  /** Takes what was fetched, in the order of the log. */
  void add(ConsumerRecord<String, byte[]> record) {
    of(record.partition()).add(record);
  }

  /**
   * Removes the next record.
   *
   * @param awaited whether a partition of which nothing is fetched has more in the log
   * @return null if there is none, or a partition must be waited for
   */
  @Nullable ConsumerRecord<String, byte[]> next(IntPredicate awaited) {
    ConsumerRecord<String, byte[]> earliest = null;
    // In the order of partitions.
    for (Map.Entry<Integer, Deque<ConsumerRecord<String, byte[]>>> entry : fetched.entrySet()) {
      ConsumerRecord<String, byte[]> head = entry.getValue().peek();
      if (head == null) {
        if (awaited.test(entry.getKey())) {
          return null;
        }
      } else if (earliest == null || head.timestamp() < earliest.timestamp()) {
        earliest = head;
      }
    }
    if (earliest != null) {
      of(earliest.partition()).remove();
    }
    return earliest;
  }

  /** Number of records fetched of a partition and not taken yet. */
  int waiting(int partition) {
    return of(partition).size();
  }

  /** Whether nothing is left to take. */
  boolean isEmpty() {
    return fetched.values().stream().allMatch(Deque::isEmpty);
  }

  private Deque<ConsumerRecord<String, byte[]>> of(int partition) {
    return Objects.requireNonNull(fetched.get(partition), "a partition that is not merged");
  }
}
