package io.distillstream.trainer.loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * What was measured on about the last {@code records} records. Whole batches come and go, so the
 * window holds at least that many once it is full. Not thread-safe.
 *
 * @param <T> what is measured on a batch
 */
final class RecordWindow<T> {
  private final int records;
  private final ToIntFunction<T> size;
  private final Deque<T> batches = new ArrayDeque<>();
  private int held;

  /**
   * @param size number of records in a batch
   */
  RecordWindow(int records, ToIntFunction<T> size) {
    this.records = records;
    this.size = size;
  }

  void add(T batch) {
    batches.addLast(batch);
    held += size.applyAsInt(batch);
    while (held - size.applyAsInt(batches.getFirst()) >= records) {
      held -= size.applyAsInt(batches.removeFirst());
    }
  }

  void clear() {
    batches.clear();
    held = 0;
  }

  /** Those in the window, the oldest first. */
  Stream<T> batches() {
    return batches.stream();
  }

  /** Number of records in the window. */
  int held() {
    return held;
  }
}
