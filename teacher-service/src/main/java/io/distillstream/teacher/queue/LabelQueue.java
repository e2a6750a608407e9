package io.distillstream.teacher.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The bounded queue ahead of the model, with one lane for callers and one for the request log.
 *
 * <p>Each lane is first in, first out, and a full window takes at least half of its texts from each
 * lane that has them: a backlog on the log cannot starve callers, nor callers the log. The log's
 * lane keeps the order of the log, so a window's offsets never step over a record that is still
 * waiting.
 *
 * <p>While {@link #MOST_UNFINISHED} windows are not committed, only callers' texts that are not
 * recorded leave the queue: the model works ahead of the commits so far and no further, and who
 * needs no commit does not wait for one. Thread-safe.
 */
public final class LabelQueue {

  /** What became of an offered log entry. */
  public enum Offer {
    TAKEN,
    FULL,
    /** The log is to be read again from its committed offsets. */
    STALE
  }

  /** Offsets of records that need no label are committed alone after this long. */
  private static final long OFFSETS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Windows that were taken and are not finished: one under commit, and two that wait for it. */
  public static final int MOST_UNFINISHED = 3;

  private record Waiting(LogEntry entry, long sinceNanos) {}

  private final QueueBounds bounds;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition finished = lock.newCondition();

  private final CallersLane http = new CallersLane();
  private final Deque<Waiting> log = new ArrayDeque<>();

  /** How far the reader is; what lies before it is in the lane, or done. */
  private final Map<TopicPartition, Long> read = new HashMap<>();

  /** How far the windows taken so far are. */
  private final Map<TopicPartition, Long> taken = new HashMap<>();

  private long readSinceNanos;
  private int epoch = 1;
  private long windowsTaken;
  private long windowsFinished;
  private boolean closed;

  public LabelQueue(QueueBounds bounds) {
    this.bounds = bounds;
  }

  /** Takes all texts of a call or none; false if there is no room, or no queue any more. */
  public boolean offer(List<HttpText> texts) {
    lock.lock();
    try {
      if (closed || http.size() + texts.size() > bounds.capacity()) {
        return false;
      }
      http.add(texts, System.nanoTime());
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the next record of the log, in its order. */
  public Offer offerLog(int readerEpoch, LogEntry entry) {
    lock.lock();
    try {
      if (readerEpoch != epoch) {
        return Offer.STALE;
      }
      if (closed || log.size() >= bounds.capacity()) {
        return Offer.FULL;
      }
      log.add(new Waiting(entry, System.nanoTime()));
      changed.signalAll();
      return Offer.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /** Everything before these positions was offered and taken, or needs no label. */
  public void readUpTo(int readerEpoch, Map<TopicPartition, Long> positions) {
    lock.lock();
    try {
      if (readerEpoch == epoch) {
        if (!offsetsDue()) {
          readSinceNanos = System.nanoTime();
        }
        read.putAll(positions);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next window: until a batch is complete or the first text has waited long enough.
   *
   * @return empty once the queue is closed
   */
  public Optional<Window> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long wait = nanosUntilReady();
        if (wait <= 0) {
          return Optional.of(nextWindow());
        }
        if (wait == Long.MAX_VALUE) {
          changed.await();
        } else {
          changed.awaitNanos(wait);
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Windows that leave records must be finished, committed or not, in the order in which they were
   * taken; others need not be.
   */
  public void finish(Window window) {
    lock.lock();
    try {
      windowsFinished = window.number();
      finished.signalAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Drops what waits of these partitions, and waits until what was taken of them is finished. */
  public boolean revoke(Collection<TopicPartition> partitions, Duration patience)
      throws InterruptedException {
    lock.lock();
    try {
      log.removeIf(waiting -> partitions.contains(partition(waiting.entry())));
      read.keySet().removeAll(partitions);
      taken.keySet().removeAll(partitions);
      long last = windowsTaken;
      long left = patience.toNanos();
      while (windowsFinished < last && left > 0) {
        left = finished.awaitNanos(left);
      }
      return windowsFinished >= last;
    } finally {
      lock.unlock();
    }
  }

  /** Makes the reader start over from the committed offsets; windows taken so far are outdated. */
  public void rewind() {
    lock.lock();
    try {
      epoch++;
      log.clear();
      read.clear();
      taken.clear();
    } finally {
      lock.unlock();
    }
  }

  public int epoch() {
    lock.lock();
    try {
      return epoch;
    } finally {
      lock.unlock();
    }
  }

  /** Texts and records that wait, in both lanes. */
  public int depth() {
    lock.lock();
    try {
      return http.size() + log.size();
    } finally {
      lock.unlock();
    }
  }

  public boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends {@link #take}; returns the callers' texts that will not be answered. */
  public List<HttpText> close() {
    lock.lock();
    try {
      closed = true;
      List<HttpText> unanswered = http.clear();
      log.clear();
      changed.signalAll();
      return unanswered;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayRecord() {
    return windowsTaken - windowsFinished < MOST_UNFINISHED;
  }

  private long nanosUntilReady() {
    boolean mayRecord = mayRecord();
    if (http.size(mayRecord) + (mayRecord ? log.size() : 0) >= bounds.batch()) {
      return 0;
    }
    long now = System.nanoTime();
    long wait = Long.MAX_VALUE;
    if (http.size(mayRecord) > 0) {
      wait = bounds.httpWait().toNanos() - (now - http.sinceNanos(mayRecord));
    }
    if (!mayRecord) {
      return wait;
    }
    if (!log.isEmpty()) {
      wait = Math.min(wait, bounds.logWait().toNanos() - (now - log.element().sinceNanos()));
    } else if (offsetsDue()) {
      wait = Math.min(wait, OFFSETS_WAIT_NANOS - (now - readSinceNanos));
    }
    return wait;
  }

  private boolean offsetsDue() {
    return read.entrySet().stream()
        .anyMatch(position -> position.getValue() > taken.getOrDefault(position.getKey(), -1L));
  }

  private Window nextWindow() {
    if (!mayRecord()) {
      int count = Math.min(http.size(false), bounds.window());
      return new Window(windowsTaken, epoch, http.take(count, false), List.of(), Map.of());
    }
    int half = bounds.window() / 2;
    int fromLog = Math.min(log.size(), Math.max(half, bounds.window() - http.size()));
    int fromHttp = Math.min(http.size(), bounds.window() - fromLog);
    List<HttpText> texts = http.take(fromHttp, true);
    List<LogEntry> entries = new ArrayList<>(fromLog);
    Map<TopicPartition, Long> reached = new HashMap<>();
    for (int i = 0; i < fromLog; i++) {
      LogEntry entry = log.remove().entry();
      entries.add(entry);
      reached.put(partition(entry), entry.source().offset() + 1);
    }
    if (log.isEmpty()) {
      read.forEach((partition, position) -> reached.merge(partition, position, Math::max));
    }
    reached.entrySet().removeIf(r -> r.getValue() <= taken.getOrDefault(r.getKey(), -1L));
    taken.putAll(reached);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    reached.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    Window window = new Window(windowsTaken + 1, epoch, texts, entries, offsets);
    if (!window.leavesRecords()) {
      return new Window(windowsTaken, epoch, texts, entries, offsets);
    }
    windowsTaken++;
    return window;
  }

  private static TopicPartition partition(LogEntry entry) {
    return new TopicPartition(entry.source().topic(), entry.source().partition());
  }
}
