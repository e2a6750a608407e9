package io.distillstream.teacher.traffic;

import io.distillstream.teacher.log.RequestLogReader;
import io.distillstream.teacher.publish.WindowPublisher;
import io.distillstream.wire.Outages;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the request log for as long as no other process takes this one's place in the consumer
 * group.
 *
 * <p>Brokers fence a member that was replaced, and also one whose own earlier join was answered
 * after it had given up and joined again. They do not tell which of the two it was; the
 * transactional id does.
 */
final class LogReading implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(LogReading.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final RequestLogReader reader;
  private final WindowPublisher publisher;
  private final Reconnection reconnection;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Borrows all three. */
  LogReading(RequestLogReader reader, WindowPublisher publisher, Reconnection reconnection) {
    this.reader = reader;
    this.publisher = publisher;
    this.reconnection = reconnection;
  }

  /**
   * Reads until stopped.
   *
   * @throws IllegalStateException if another process has taken over
   */
  @Override
  public void run() {
    boolean reading = true;
    while (reading) {
      try {
        reader.run();
        reading = false;
      } catch (FencedInstanceIdException e) {
        joinAgain(e);
      }
    }
  }

  /** Ends {@link #run}. */
  void stop() {
    closing.countDown();
    reader.stop();
  }

  private void joinAgain(FencedInstanceIdException fenced) {
    try {
      boolean joined = false;
      while (!joined && !closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        joined = tryToJoin(fenced);
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Answers false where the brokers are away, or it was stopped meanwhile. */
  private boolean tryToJoin(FencedInstanceIdException fenced) throws InterruptedException {
    try {
      switch (publisher.ownership()) {
        case LOST -> throw Reconnection.replaced(fenced);
        case UNKNOWN -> {
          reconnection.run();
          return false;
        }
        case HELD -> {
          reader.joinAgain();
          log.warn("The brokers lost this teacher's place in its group, and it joins again");
          return true;
        }
      }
    } catch (WakeupException e) {
      log.debug("Stopped", e);
    } catch (KafkaException e) {
      if (!Outages.explain(e)) {
        throw e;
      }
      log.debug("The cluster is away", e);
    }
    return false;
  }
}
