package io.distillstream.joiner;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Examples in a store, each until its deadline and never more than there is room for: where there
 * are more, the one whose deadline is next makes room. Deadlines are a function of what the store
 * holds, so nothing is lost with the process. Used by one thread.
 *
 * @param <V> the form that examples are held in
 */
final class TimedExamples<V> {

  private static final int SPARE_DEADLINES = 1_024;

  private final TimestampedKeyValueStore<String, V> store;
  private final Deadline<V> deadline;
  private final int most;

  /** Of all that the store holds. */
  private final Map<String, Long> current = new HashMap<>();

  /** In order of time; one that is not the current one of its id is out of date. */
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMillis));

  private record Due(String requestId, long atMillis) {}

  /** When an example is to wait no longer. */
  interface Deadline<V> {
    /**
     * The time, epoch milliseconds.
     *
     * @param since when it came, epoch milliseconds
     */
    long of(V example, long since);
  }

  /**
   * Continues with what the store holds.
   *
   * @param store borrowed
   * @param most examples it holds
   */
  TimedExamples(TimestampedKeyValueStore<String, V> store, int most, Deadline<V> deadline) {
    this.store = store;
    this.most = most;
    this.deadline = deadline;
    try (KeyValueIterator<String, ValueAndTimestamp<V>> restored = store.all()) {
      restored.forEachRemaining(
          entry -> schedule(entry.key, entry.value.value(), entry.value.timestamp()));
    }
  }

  @Nullable ValueAndTimestamp<V> get(String id) {
    return current.containsKey(id) ? store.get(id) : null;
  }

  void put(String id, V example, long since) {
    store.put(id, ValueAndTimestamp.make(example, since));
    schedule(id, example, since);
  }

  @Nullable ValueAndTimestamp<V> remove(String id) {
    return current.remove(id) == null ? null : store.delete(id);
  }

  /** Whether there are more than there is room for. */
  boolean isOverfull() {
    return current.size() > most;
  }

  /** Removes the next one that is due, or for which there is no room; null if there is none. */
  @Nullable ValueAndTimestamp<V> removeDue(long now) {
    while (!queue.isEmpty() && (queue.element().atMillis() <= now || isOverfull())) {
      Due next = queue.remove();
      Long valid = current.get(next.requestId());
      if (valid != null && valid == next.atMillis()) {
        return remove(next.requestId());
      }
    }
    return null;
  }

  private void schedule(String id, V example, long since) {
    long at = deadline.of(example, since);
    current.put(id, at);
    queue.add(new Due(id, at));
    if (queue.size() > 2 * current.size() + SPARE_DEADLINES) {
      queue.clear();
      current.forEach((known, due) -> queue.add(new Due(known, due)));
    }
  }
}
