package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.ChildJvm;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A quantizer's process is killed again and again while checkpoints keep coming: anywhere from its
 * start on, amid a job, and when the first chunk of an artifact is seen, whose transaction may be
 * over when the kill arrives: the broker is asked afterwards.
 */
@ExtendWith(SharedCluster.class)
class KilledQuantizerIT {
  private static final int KILLS = 9;
  private static final int MOST_KILLS = 40;
  private static final int INSIDE_TRANSACTION = 2;
  private static final int START_MILLIS = 4_000;
  private static final int JOB_MILLIS = 1_000;
  private static final Map<String, String> QUICK =
      QuantizerHarness.with(
          QuantizerHarness.LENIENT,
          "quantizer.evaluation-samples",
          "24",
          "quantizer.timed-samples",
          "2");

  private final EmbeddedCluster cluster;

  @TempDir private Path folder;

  /**
   * A process, from its start to its end.
   *
   * @param behind the newest checkpoint when it was started
   */
  private record Life(Instant began, long behind) {}

  KilledQuantizerIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void shouldPublishWholeArtifactsAndCountEachCheckpointOnceWheneverItIsKilled() throws Exception {
    try (QuantizerHarness harness = new QuantizerHarness(cluster, folder);
        FakeDevice device = new FakeDevice(harness);
        Killer killer = new Killer(harness)) {
      List<Life> lives = new ArrayList<>();
      long newest;
      try (CheckpointStream stream =
          new CheckpointStream(harness.trainer, Duration.ofMillis(500))) {
        await().atMost(PATIENCE).until(() -> stream.newest() > 0);
        while (killer.unsatisfied()) {
          lives.add(new Life(Instant.now(), stream.newest()));
          killer.killOne();
        }
        newest = stream.end();
      }
      List<ModelUpdate> updates = killer.survivorsUpdates(newest);

      assertThat(updates).extracting(ModelUpdate::getVersion).doesNotHaveDuplicates().isSorted();
      assertThat(updates).last().extracting(ModelUpdate::getVersion).isEqualTo(newest);
      assertEachCheckpointCountedOnce(updates, newest);
      lives.forEach(life -> assertSkippedToTheNewest(life, updates));
      assertThat(updates.size()).isLessThan((int) newest);
      await().atMost(PATIENCE).until(() -> device.taken().contains(newest));
      assertThat(device.failures()).isEmpty();
      assertThat(device.taken())
          .containsExactlyElementsOf(updates.stream().map(ModelUpdate::getVersion).toList());
    }
  }

  private static void assertEachCheckpointCountedOnce(List<ModelUpdate> updates, long newest) {
    assertThat(updates)
        .flatExtracting(update -> update.getEventTimes().getStartsMillis())
        .containsExactlyElementsOf(
            QuantizerHarness.eventTimes(LongStream.rangeClosed(1, newest).toArray()));
    assertThat(updates)
        .flatExtracting(update -> update.getEventTimes().getCounts())
        .containsOnly(1L);
  }

  private static void assertSkippedToTheNewest(Life life, List<ModelUpdate> updates) {
    assertThat(updates)
        .filteredOn(update -> update.getPublishedAt().isAfter(life.began()))
        .allSatisfy(
            update -> assertThat(update.getVersion()).isGreaterThanOrEqualTo(life.behind()));
  }

  /** Starts processes and kills them. */
  private static final class Killer implements AutoCloseable {
    private final QuantizerHarness harness;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Admin admin;
    private final KafkaConsumer<String, byte[]> chunks;
    private int kills;
    private int insideTransaction;

    Killer(QuantizerHarness harness) {
      this.harness = harness;
      admin = Admin.create(harness.context.cluster().adminProperties());
      Map<String, Object> properties = harness.context.cluster().readerProperties();
      properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
      chunks = new KafkaConsumer<>(properties);
      String topic = Topics.MODEL_BLOBS.in(harness.context.pipeline());
      List<TopicPartition> partitions =
          chunks.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      chunks.assign(partitions);
      chunks.seekToBeginning(partitions);
    }

    boolean unsatisfied() {
      assertThat(kills).as("kills until enough hit a transaction").isLessThan(MOST_KILLS);
      return kills < KILLS || insideTransaction < INSIDE_TRANSACTION;
    }

    void killOne() throws Exception {
      skipChunks();
      try (ChildJvm process = QuantizerProcess.start(harness, QUICK)) {
        switch (kills % 3) {
          case 0 -> TimeUnit.MILLISECONDS.sleep(random.nextInt(START_MILLIS));
          case 1 -> {
            awaitChunk(process);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(JOB_MILLIS));
          }
          default -> awaitChunk(process);
        }
        process.kill();
      }
      kills++;
      if (transactionIsOpen()) {
        insideTransaction++;
      }
    }

    /** Those of the life before. */
    private void skipChunks() {
      chunks.seekToEnd(chunks.assignment());
      chunks.assignment().forEach(chunks::position);
    }

    private void awaitChunk(ChildJvm process) {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .pollInSameThread()
          .until(
              () -> {
                assertThat(process.isAlive()).as(process.output()).isTrue();
                return !chunks.poll(Duration.ofMillis(20)).isEmpty();
              });
    }

    private boolean transactionIsOpen() throws InterruptedException {
      String id = harness.context.pipeline() + ".quantizer.student.stable.it";
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

    /** Lets a last process settle what is left. */
    List<ModelUpdate> survivorsUpdates(long newest) {
      System.out.printf(
          "%d kills, %d of them inside a transaction, %d checkpoints%n",
          kills, insideTransaction, newest);
      try (ChildJvm survivor = QuantizerProcess.start(harness, QUICK)) {
        return await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  assertThat(survivor.isAlive()).as(survivor.output()).isTrue();
                  return harness.updates("stable");
                },
                updates ->
                    !updates.isEmpty() && updates.get(updates.size() - 1).getVersion() == newest);
      }
    }

    @Override
    public void close() {
      chunks.close();
      admin.close();
    }
  }
}
