package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Starts a trainer's process, kills it at a random instant, starts the next, and so on. Of ten
 * kills, two fall anywhere from the start on, three after the first sign of progress, and five just
 * when a checkpoint's transaction is seen to have begun, which may be over when the kill arrives:
 * the broker is asked afterwards.
 */
final class KillingSpree implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int START_MILLIS = 1_500;
  private static final int PROGRESS_MILLIS = 300;
  private static final int TRANSACTION_MICROS = 8_000;

  private final TrainerHarness harness;
  private final String model;
  private final String blobs;
  private final Map<String, String> settings;
  private final Path folder;
  private final SplittableRandom random;
  private final TopicWatch everything;
  private final Runnable feed;
  private final Admin admin;
  private ChildJvm next;
  private int kills;
  private int insideTransaction;

  /**
   * @param settings of the trainer, its model's name among them
   * @param folder of the trainer, the same for all its processes
   * @param everything sees what is written before it is committed; borrowed
   * @param feed keeps records ahead of the trainer; called again and again while one runs
   */
  KillingSpree(
      TrainerHarness harness,
      Map<String, String> settings,
      Path folder,
      TopicWatch everything,
      Runnable feed,
      long seed) {
    this.harness = harness;
    this.model = Objects.requireNonNull(settings.get("trainer.model"));
    this.blobs = Topics.CHECKPOINT_BLOBS.in(harness.pipeline);
    this.settings = settings;
    this.folder = folder;
    this.everything = everything;
    this.feed = feed;
    this.random = new SplittableRandom(seed);
    this.admin = Admin.create(harness.cluster.adminProperties());
    this.next = standBy();
  }

  private ChildJvm standBy() {
    return TrainerProcess.standBy(harness, settings, folder);
  }

  /** One more process that goes on from where the last was killed, and is killed. */
  void killOne() throws InterruptedException {
    try (ChildJvm current = next) {
      TrainerProcess.go(current);
      next = standBy();
      long before = everything.count(blobs, this::beginsCheckpoint);
      switch (random.nextInt(10)) {
        case 0, 1 -> TimeUnit.MILLISECONDS.sleep(random.nextInt(START_MILLIS));
        case 2, 3, 4 -> {
          awaitCheckpoints(current, before + 1);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(PROGRESS_MILLIS));
        }
        default -> {
          awaitCheckpoints(current, before + 1 + random.nextInt(4));
          TimeUnit.MICROSECONDS.sleep(random.nextInt(TRANSACTION_MICROS));
        }
      }
      current.kill();
    }
    kills++;
    if (transactionIsOpen()) {
      insideTransaction++;
    }
  }

  private void awaitCheckpoints(ChildJvm current, long count) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!everything.await(blobs, this::beginsCheckpoint, count, LOOK)) {
      assertThat(System.nanoTime())
          .as(
              "another checkpoint of a process that is alive: %s%n%s",
              current.isAlive(), current.output())
          .isLessThan(deadline);
      feed.run();
    }
  }

  /** A checkpoint's first blob is the state; a small one's is one chunk. */
  private boolean beginsCheckpoint(String blobId) {
    return blobId.startsWith(model + "/") && blobId.endsWith("/state");
  }

  private boolean transactionIsOpen() throws InterruptedException {
    String id = ConsumerGroups.trainer(harness.pipeline, model);
    try {
      return admin.describeTransactions(List.of(id)).description(id).get().state()
          == TransactionState.ONGOING;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransactionalIdNotFoundException) {
        return false; // Killed before it had said who it is.
      }
      throw new AssertionError(e);
    }
  }

  /** Lets the last process train on undisturbed; the caller closes it. */
  ChildJvm survivor() {
    TrainerProcess.go(next);
    return next;
  }

  int kills() {
    return kills;
  }

  /** Kills after which the broker still held the killed process's transaction open. */
  int insideTransaction() {
    return insideTransaction;
  }

  @Override
  public void close() {
    try (admin) {
      next.close();
    }
  }
}
