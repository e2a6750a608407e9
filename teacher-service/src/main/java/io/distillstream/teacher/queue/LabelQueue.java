package io.distillstream.teacher.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The bounded queue ahead of the model, with one lane for callers and one for the request log.
 *
 * <p>Each lane is first in, first out, and windows are shared between them (see {@link FairShare}):
 * a backlog on the log cannot starve callers, nor callers the log. The log's lane keeps the order
 * of the log, so a window's offsets never step over a record that is still waiting. Callers are
 * refused when they would wait too long (see {@link Admission}), or where their number is beyond
 * what memory is set aside for.
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

  /** Windows that were taken and are not finished: one under commit, and two that wait for it. */
  public static final int MOST_UNFINISHED = 3;

  private final QueueBounds bounds;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition finished = lock.newCondition();

  private final CallersLane http = new CallersLane();
  private final LogLane log = new LogLane();
  private final FairShare share;
  private final Admission admission;
  private final Pace pace;

  private int epoch = 1;
  private long windowsTaken;
  private long windowsFinished;
  private boolean closed;

  /**
   * @param pace measured by whoever runs and commits what is taken
   */
  public LabelQueue(QueueBounds bounds, Pace pace) {
    this.bounds = bounds;
    this.pace = pace;
    this.share = new FairShare(bounds.httpShare());
    this.admission = new Admission(pace, bounds, http, log);
  }

  /** Takes all texts of a call or none; empty if they are taken. */
  public Optional<Refused> offer(List<HttpText> texts) {
    lock.lock();
    try {
      Optional<Refused> refused = refusalOf(texts.size(), texts.get(0).recorded());
      if (refused.isEmpty()) {
        refused = admission.refusal(texts, unfinished());
      }
      if (refused.isEmpty()) {
        http.add(texts, System.nanoTime());
        changed.signalAll();
      }
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** Why a call would be refused at this moment; empty if it would be taken. */
  public Optional<Refused> refusal(int texts, boolean recorded) {
    return locked(() -> refusalOf(texts, recorded));
  }

  /** Whether a text that came now would be taken, recorded or not. */
  public boolean takes() {
    return locked(() -> !closed && admission.takes(unfinished()));
  }

  /** How long a text that came now would wait for its commit, in seconds; NaN if not known. */
  public double expectedWaitSeconds() {
    return locked(() -> admission.expectedMillis(unfinished()) / Pace.MILLIS_PER_SECOND);
  }

  private <T> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
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
      log.add(entry, System.nanoTime());
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
        log.readUpTo(positions, System.nanoTime());
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
          Window window = nextWindow();
          pace.windowStarts(window.texts().stream().mapToLong(PendingText::size).sum());
          return Optional.of(window);
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
      log.drop(partitions);
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
    } finally {
      lock.unlock();
    }
  }

  public int epoch() {
    return locked(() -> epoch);
  }

  /** Texts and records that wait, in both lanes. */
  public int depth() {
    return locked(() -> http.size() + log.size());
  }

  public boolean closed() {
    return locked(() -> closed);
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

  /** Takes out the callers' texts that wait, because nothing will be answered for a while. */
  public List<HttpText> withdrawCallers() {
    return locked(http::clear);
  }

  private boolean mayRecord() {
    return unfinished() < MOST_UNFINISHED;
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
    return mayRecord ? Math.min(wait, log.nanosUntilDue(now, bounds.logWait())) : wait;
  }

  private Optional<Refused> refusalOf(int texts, boolean recorded) {
    if (closed) {
      return Optional.of(Refused.CLOSED);
    }
    return admission.refusal(texts, recorded, unfinished());
  }

  private int unfinished() {
    return (int) (windowsTaken - windowsFinished);
  }

  private Window nextWindow() {
    WindowRoom room = new WindowRoom(bounds.window(), admission.windowCost());
    if (!mayRecord()) {
      return new Window(windowsTaken, epoch, http.takeUnrecorded(room), List.of(), Map.of());
    }
    List<HttpText> fromHttp = new ArrayList<>();
    List<LogEntry> fromLog = new ArrayList<>();
    share.fill(room, http, log, fromHttp, fromLog);
    Map<TopicPartition, OffsetAndMetadata> offsets = log.offsetsOf(fromLog);
    Window window = new Window(windowsTaken + 1, epoch, fromHttp, fromLog, offsets);
    if (!window.leavesRecords()) {
      return new Window(windowsTaken, epoch, fromHttp, fromLog, offsets);
    }
    windowsTaken++;
    return window;
  }
}
