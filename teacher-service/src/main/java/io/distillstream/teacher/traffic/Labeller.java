package io.distillstream.teacher.traffic;

import io.distillstream.foundation.Backoff;
import io.distillstream.teacher.Deadline;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.publish.WindowPublisher;
import io.distillstream.teacher.publish.WindowPublisher.Outcome;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LabelledWindow;
import io.distillstream.teacher.queue.NotLabelledException;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves windows from the queue through the model to the topics.
 *
 * <p>The model runs on one thread and transactions are committed on another, one after the other.
 * The model works ahead while a commit is under way, and the queue stops it when two windows are
 * waiting for theirs. Texts that are not recorded are answered on the model's thread, whatever
 * commits wait for. While the cluster is away the publisher's thread asks for it again and again;
 * while the teacher is unavailable callers are refused and the log waits. Whatever cannot be
 * repaired ends the labeller: callers are refused, the log stays where it was committed.
 */
final class Labeller implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Labeller.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** How long a caller who came just before an outage may wait to be told. */
  private static final Duration LONGEST_SILENCE = Duration.ofMillis(500);

  private static final String FAILED = "The teacher has failed";

  private final LabelQueue queue;
  private final Inference inference;
  private final WindowPublisher publisher;
  private final LogReading reading;
  private final Pace pace;
  private final Reconnection reconnection;

  /** Has room for all that the queue gives out, and for an empty one: nothing follows. */
  private final BlockingQueue<Optional<LabelledWindow>> handOff =
      new ArrayBlockingQueue<>(LabelQueue.MOST_UNFINISHED + 1);

  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads;
  private volatile boolean pausing;

  Labeller(
      LabelQueue queue,
      Inference inference,
      WindowPublisher publisher,
      LogReading reading,
      Reconnection reconnection,
      Pace pace) {
    this.queue = queue;
    this.inference = inference;
    this.publisher = publisher;
    this.reading = reading;
    this.pace = pace;
    this.reconnection = reconnection;
    this.threads =
        List.of(
            thread("teacher-log", reading),
            thread("teacher-inference", this::infer),
            thread("teacher-publisher", this::publish));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Why what it labels cannot be published at this moment, as a clause; empty if it can. */
  Optional<String> hindrance() {
    if (!alive()) {
      return Optional.of("the teacher has failed or is closed");
    }
    if (!reconnection.isConnected()) {
      return Optional.of("the Kafka cluster does not answer");
    }
    return pausing ? Optional.of("the last transaction was aborted") : Optional.empty();
  }

  /** Whether it labels, or will again once the cluster is back. */
  boolean alive() {
    return failure.get() == null && threads.stream().allMatch(Thread::isAlive);
  }

  /**
   * Finishes the windows that were taken, refuses what waits, and joins the threads. Idempotent.
   */
  @Override
  public void close() {
    stop("The teacher is shutting down");
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setUncaughtExceptionHandler(
        (t, e) -> fail("Thread " + name + " failed: " + e.getMessage(), e));
    return thread;
  }

  private void infer() {
    try {
      Optional<Window> window = queue.take();
      while (window.isPresent()) {
        LabelledWindow labelled = run(window.get());
        if (window.get().leavesRecords()) {
          handOff.put(Optional.of(labelled));
        }
        Unavailability outage = labelled.outage();
        if (outage != null) {
          sitOut(outage);
        }
        window = queue.take();
      }
    } catch (InterruptedException e) {
      fail("The inference thread was interrupted", e);
    } finally {
      putEnd();
    }
  }

  /** Answers who waits for the model alone. After a fatal error nobody is answered. */
  private LabelledWindow run(Window window) {
    try {
      LabelledWindow labelled = inference.run(window);
      labelled.answerUnrecorded();
      return labelled;
    } catch (RuntimeException e) {
      fail("The model cannot be run any more", e);
      WindowPublisher.refuse(window, FAILED);
      return new LabelledWindow(window, new IdentityHashMap<>(), Instant.now(), null);
    }
  }

  /** The log waits until the teacher may answer again, or the labeller is closed. */
  private void sitOut(Unavailability outage) throws InterruptedException {
    log.warn("{}", NotLabelledException.during(outage).getMessage());
    Deadline end = Deadline.in(outage.retryAfter());
    Duration left = outage.retryAfter();
    do {
      NotLabelledException refusal =
          NotLabelledException.during(new Unavailability(outage.reason(), left));
      queue.withdrawCallers().forEach(text -> text.answer().completeExceptionally(refusal));
      long slice = Math.min(left.toMillis(), LONGEST_SILENCE.toMillis());
      if (closing.await(slice, TimeUnit.MILLISECONDS)) {
        return;
      }
      left = end.left();
    } while (left.toMillis() > 0);
  }

  private void putEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        handOff.put(Optional.empty());
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish() {
    Backoff pause = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    try {
      Optional<LabelledWindow> labelled = handOff.take();
      while (labelled.isPresent()) {
        pace.commitStarts();
        Outcome outcome = publish(labelled.get());
        pace.commitEnds(outcome == Outcome.COMMITTED);
        queue.finish(labelled.get().window());
        switch (outcome) {
          case COMMITTED -> pause.reset();
          case ABORTED -> pause(pause.next());
          case CUT_OFF -> reconnect();
        }
        labelled = handOff.take();
      }
    } catch (InterruptedException e) {
      fail("The publishing thread was interrupted", e);
    }
  }

  private void reconnect() throws InterruptedException {
    try {
      reconnection.run();
    } catch (IllegalStateException e) {
      fail(String.valueOf(e.getMessage()), e);
    }
  }

  private void pause(Duration time) throws InterruptedException {
    pausing = true;
    try {
      closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      pausing = false;
    }
  }

  /** After a fatal error windows are refused, so that the inference thread can come to its end. */
  private Outcome publish(LabelledWindow labelled) {
    if (failure.get() == null) {
      try {
        return publisher.publish(labelled);
      } catch (RuntimeException e) {
        fail(String.valueOf(e.getMessage()), e);
      }
    }
    WindowPublisher.refuse(labelled.window(), FAILED);
    return Outcome.ABORTED;
  }

  private void fail(String message, Throwable cause) {
    if (failure.compareAndSet(null, cause)) {
      log.error("The teacher stops. {}", message, cause);
    }
    stop(FAILED);
  }

  private void stop(String reason) {
    closing.countDown();
    reconnection.close();
    reading.stop();
    NotLabelledException unanswered = new NotLabelledException(reason);
    queue.close().forEach(text -> text.answer().completeExceptionally(unanswered));
  }
}
