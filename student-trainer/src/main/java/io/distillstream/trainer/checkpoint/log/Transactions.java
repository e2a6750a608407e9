package io.distillstream.trainer.checkpoint.log;

import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.RegistryUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and consumer offsets as one: all are visible to readers of committed records, or none.
 * Owns its producer. Opening it fences whoever used the transactional id before and ends their open
 * transaction.
 */
public final class Transactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transactions.class);

  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** What is written within a transaction; it may be called again after one was aborted. */
  interface Work {
    void write(Producer<String, byte[]> producer) throws IOException;
  }

  private final Producer<String, byte[]> producer;
  private final ConsumerGroupMetadata group;

  public Transactions(KafkaClients clients) {
    try (Consumer<String, byte[]> consumer = clients.groupConsumer()) {
      group = consumer.groupMetadata();
    }
    producer = clients.transactionalProducer();
    try {
      producer.initTransactions();
    } catch (TimeoutException e) {
      producer.close(Duration.ZERO);
      throw new ClusterUnavailableException("The brokers do not answer the trainer", e);
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /**
   * Commits, trying again when a transaction had to be aborted.
   *
   * @throws TakenOverException if another producer took over
   * @throws TrainingStoppedException if the attempts are used up, or the outcome stays unknown
   */
  void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Work work) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        attempt(offsets, work);
        return;
      } catch (ProducerFencedException | InvalidProducerEpochException e) {
        throw takenOver(e);
      } catch (InterruptException e) {
        throw new TrainingStoppedException("interrupted while writing a checkpoint", e);
      } catch (KafkaException | RegistryUnavailableException e) {
        abort(e);
        if (attempt == ATTEMPTS) {
          throw new TrainingStoppedException(
              "a checkpoint could not be written in %d attempts".formatted(ATTEMPTS), e);
        }
        log.warn("A checkpoint's transaction was aborted, trying again: {}", e.toString());
        pause(attempt);
      } catch (TrainingStoppedException e) {
        // What may have been committed must not be aborted.
        throw e;
      } catch (IOException | RuntimeException e) {
        abort(e);
        throw e;
      }
    }
  }

  private void attempt(Map<TopicPartition, OffsetAndMetadata> offsets, Work work)
      throws IOException {
    producer.beginTransaction();
    work.write(producer);
    producer.sendOffsetsToTransaction(offsets, group);
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        // Kafka may or may not have committed; only committing again tells, aborting is illegal.
        if (attempt == ATTEMPTS) {
          throw new TrainingStoppedException(
              "it is unknown whether a checkpoint was committed; the next start will see", e);
        }
      }
    }
  }

  private void abort(Exception reason) {
    try {
      producer.abortTransaction();
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw takenOver(e);
    } catch (RuntimeException e) {
      e.addSuppressed(reason);
      throw new TrainingStoppedException(
          "a checkpoint's transaction could be neither committed nor aborted; the next start"
              + " discards it",
          e);
    }
  }

  private static TakenOverException takenOver(KafkaException cause) {
    return new TakenOverException(cause);
  }

  private static void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() * attempt);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
