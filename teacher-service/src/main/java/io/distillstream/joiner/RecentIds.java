package io.distillstream.joiner;

import java.time.Duration;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of request ids for a bounded time.
 *
 * <p>Kafka's in-memory window store keeps one map per window start and drops whole maps as they
 * age, which bounds it without a timer or tombstones. Starts are rounded to an eighth of the
 * retention, so that a look-up touches nine maps and not one per millisecond.
 *
 * <p>The store takes nothing that is older than its retention before the newest that it has met,
 * and a look-up goes back from now. So the time must never fall, not even below what a store was
 * restored with.
 */
final class RecentIds<V> {

  private static final int BUCKETS = 8;

  private final WindowStore<String, V> store;
  private final long bucketMillis;
  private final SteadyTime time;

  /**
   * @param time of all stores of a processor, because one of them may be empty again and still
   *     refuse what is older than it was
   */
  RecentIds(WindowStore<String, V> store, Duration retention, SteadyTime time) {
    this.store = store;
    this.bucketMillis = bucket(retention).toMillis();
    this.time = time;
    try (KeyValueIterator<Windowed<String>, V> newestFirst = store.backwardAll()) {
      if (newestFirst.hasNext()) {
        time.notBefore(newestFirst.peekNextKey().window().start());
      }
    }
  }

  static Duration bucket(Duration retention) {
    return Duration.ofMillis(Math.max(1, retention.toMillis() / BUCKETS));
  }

  /** How long the store must keep a window so that nothing is forgotten before its time. */
  static Duration storeRetention(Duration retention) {
    return bucket(retention).multipliedBy(BUCKETS + 2L);
  }

  void put(String id, V value, long nowMillis) {
    store.put(id, value, newestStart(nowMillis));
  }

  @Nullable V find(String id, long nowMillis) {
    long newest = newestStart(nowMillis);
    for (long start = newest; start >= newest - BUCKETS * bucketMillis; start -= bucketMillis) {
      V value = store.fetch(id, start);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** Finds the newest value of an id and forgets all of them. */
  @Nullable V take(String id, long nowMillis) {
    V newestValue = null;
    long newest = newestStart(nowMillis);
    for (long start = newest; start >= newest - BUCKETS * bucketMillis; start -= bucketMillis) {
      V value = store.fetch(id, start);
      if (value != null) {
        newestValue = newestValue == null ? value : newestValue;
        store.put(id, null, start);
      }
    }
    return newestValue;
  }

  private long newestStart(long nowMillis) {
    long millis = time.at(nowMillis);
    return millis - Math.floorMod(millis, bucketMillis);
  }
}
