package io.distillstream.gateway;

import io.distillstream.foundation.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that follows a topic, in no group and committing nothing, so that any number of gateways
 * may serve one pipeline. While the cluster is away it keeps trying, and what is here is served all
 * the same.
 */
final class TopicThread {

  /** One connection. */
  interface Reading extends AutoCloseable {

    /** Takes over what is new; at first all that there is. Returns soon where nothing is. */
    void step() throws IOException;

    @Override
    void close();
  }

  /** What is followed. */
  @FunctionalInterface
  interface Topic {

    /** Connects. */
    Reading open() throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(TopicThread.class);

  private final String what;
  private final Topic topic;
  private final Duration pause;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Backoff retries = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private boolean cutOff;

  private TopicThread(String what, Topic topic, Duration pause) {
    this.what = what;
    this.topic = topic;
    this.pause = pause;
    this.thread = new Thread(this::run, "gateway-" + what);
  }

  /**
   * Starts one.
   *
   * @param what is followed, for logs
   * @param pause between two steps
   */
  static TopicThread start(String what, Topic topic, Duration pause) {
    TopicThread started = new TopicThread(what, topic, pause);
    started.thread.start();
    return started;
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Asks the thread to end at its next step. */
  void stop() {
    stopped.countDown();
  }

  /** Waits for its end, which is hurried when it takes longer. */
  void join(Duration patience) {
    try {
      thread.join(patience.toMillis());
      thread.interrupt();
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean stop = false;
    while (!stop) {
      try {
        stop = follow();
      } catch (IOException | RuntimeException e) {
        // Whatever it is, what is here is still served.
        log.debug("Reading failed", e);
        cutOff(e);
        stop = waits(retries.next());
      }
    }
  }

  /** Returns when it is to end. */
  private boolean follow() throws IOException {
    try (Reading reading = topic.open()) {
      do {
        reading.step();
        cutOff = false;
        retries.reset();
      } while (!waits(pause));
    }
    return true;
  }

  /** An outage is one line, however often it is tried to end it. */
  private void cutOff(Exception cause) {
    if (stopped.getCount() > 0 && !cutOff) {
      log.warn("The {} cannot be read: {}", what, cause.toString());
      cutOff = true;
    }
  }

  /** Whether it is to end. */
  private boolean waits(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
