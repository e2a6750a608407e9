package io.distillstream.teacher.traffic;

import io.distillstream.foundation.Backoff;
import io.distillstream.teacher.publish.WindowPublisher;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.Outages;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the publisher's transactions again once the brokers answer.
 *
 * <p>A new producer fences every other of its transactional id, so it is opened only by the process
 * that also has the place in the consumer group: one that was replaced while the brokers did not
 * say so plainly, as happens while its transaction is being ended for it, would otherwise take
 * everything back from its successor. Thread-safe.
 */
final class Reconnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Reconnection.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** From a successor's first fencing to its place in the consumer group. */
  static final Duration SUCCESSOR_JOINS = Duration.ofSeconds(5);

  /**
   * Longer than a session in the group lasts. Until then the place may be held by an earlier member
   * of this process, whose join was answered after it had given up and joined again.
   */
  static final Duration SESSION_ENDS = Duration.ofSeconds(60);

  private final WindowPublisher publisher;
  private final BooleanSupplier replaced;
  private final Duration successorJoins;
  private final Duration sessionEnds;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean connected = true;

  /**
   * Borrows the publisher.
   *
   * @param replaced whether another member has this process's place in the consumer group; throws
   *     what {@link WindowPublisher#connect} does
   * @param successorJoins how long a process that takes over may take to get that place, once it
   *     has fenced this one
   * @param sessionEnds after which a member that is gone no longer holds that place
   */
  Reconnection(
      WindowPublisher publisher,
      BooleanSupplier replaced,
      Duration successorJoins,
      Duration sessionEnds) {
    this.publisher = publisher;
    this.replaced = replaced;
    this.successorJoins = successorJoins;
    this.sessionEnds = sessionEnds;
  }

  /** Whether nothing needs to be opened again. */
  boolean isConnected() {
    return connected;
  }

  /**
   * Asks until the brokers answer or this is closed.
   *
   * @throws IllegalStateException if another process has taken over, or the brokers refuse
   */
  synchronized void run() throws InterruptedException {
    connected = false;
    if (closed.await(successorJoins.toMillis(), TimeUnit.MILLISECONDS)) {
      return;
    }
    Backoff pause = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    long since = System.nanoTime();
    while (!connected && !closed.await(pause.next().toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        if (replaced.getAsBoolean()) {
          log.warn("Another process has this teacher's place in the consumer group");
          requireBefore(since + sessionEnds.toNanos());
        } else {
          publisher.connect();
          connected = true;
          log.info("The cluster answers again");
        }
      } catch (ClusterUnavailableException | KafkaException e) {
        if (!Outages.explain(e)) {
          throw new IllegalStateException(
              "the cluster refuses the teacher's producer: " + e.getMessage(), e);
        }
        log.debug("The cluster is still away", e);
        since = System.nanoTime();
      }
    }
  }

  private static void requireBefore(long deadline) {
    if (System.nanoTime() - deadline > 0) {
      throw replaced(null);
    }
  }

  /** What a teacher stops with whose place another process has taken. */
  static IllegalStateException replaced(@Nullable Throwable cause) {
    return new IllegalStateException(
        "another process has taken over this teacher's instance name", cause);
  }

  /** Ends {@link #run}. */
  @Override
  public void close() {
    closed.countDown();
  }
}
