package io.distillstream.artifacts;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A trainer that never rests: one checkpoint after the other, numbered from 1. */
final class CheckpointStream implements AutoCloseable {
  private final FakeTrainer trainer;
  private final Duration period;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "checkpoint-stream");
  private volatile long newest;

  CheckpointStream(FakeTrainer trainer, Duration period) {
    this.trainer = trainer;
    this.period = period;
    thread.start();
  }

  private void run() {
    try {
      do {
        long next = newest + 1;
        trainer.sendCheckpoint(next);
        newest = next;
      } while (!ending.await(period.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The newest version that was committed; 0 before the first. */
  long newest() {
    return newest;
  }

  /** Waits for the checkpoint in hand; answers the last version. */
  long end() {
    ending.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return newest;
  }

  @Override
  public void close() {
    end();
  }
}
