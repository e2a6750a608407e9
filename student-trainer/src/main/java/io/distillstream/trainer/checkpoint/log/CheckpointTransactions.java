package io.distillstream.trainer.checkpoint.log;

import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.transaction.AbortedException;
import io.distillstream.wire.transaction.ConsumedOffsets;
import io.distillstream.wire.transaction.FencedException;
import io.distillstream.wire.transaction.Transactions;
import io.distillstream.wire.transaction.UnknownOutcomeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of one model's trainer, tried again where one was aborted. Owns the producer.
 * Opening it fences whoever used the transactional id before and ends their open transaction.
 */
final class CheckpointTransactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointTransactions.class);

  private static final int ATTEMPTS = 5;
  private static final int COMMIT_ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Transactions transactions;
  private final ConsumerGroupMetadata group;

  CheckpointTransactions(KafkaClients clients) {
    try (Consumer<String, byte[]> consumer = clients.groupConsumer()) {
      group = consumer.groupMetadata();
    }
    transactions = Transactions.open(clients.transactionalProducer(), COMMIT_ATTEMPTS);
  }

  /**
   * Commits, trying again when a transaction had to be aborted.
   *
   * @param work may be called more than once
   * @throws TakenOverException if another producer took over
   * @throws TrainingStoppedException if the attempts are used up, or the outcome stays unknown, now
   *     or before; its cause is what the broker said
   */
  void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Transactions.Work work)
      throws IOException {
    ConsumedOffsets consumed = new ConsumedOffsets(offsets, group);
    for (int attempt = 1; ; attempt++) {
      try {
        transactions.commit(work, consumed);
        return;
      } catch (FencedException e) {
        throw new TakenOverException(e);
      } catch (UnknownOutcomeException e) {
        throw stopped(
            "it is unknown whether a checkpoint was committed; the next start will see", e);
      } catch (AbortedException e) {
        if (!e.producerUsable()) {
          throw stopped("a checkpoint could not be written: " + e.getMessage(), e);
        }
        if (attempt == ATTEMPTS) {
          throw stopped("a checkpoint could not be written in %d attempts".formatted(ATTEMPTS), e);
        }
        log.warn(
            "A checkpoint's transaction was aborted, trying again: {}",
            String.valueOf(e.getCause()));
        pause(attempt);
      }
    }
  }

  private static TrainingStoppedException stopped(String message, Exception outcome) {
    Throwable cause = outcome.getCause();
    return new TrainingStoppedException(
        cause instanceof InterruptException ? "interrupted while writing a checkpoint" : message,
        cause == null ? outcome : cause);
  }

  private static void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() * attempt);
    } catch (InterruptedException e) {
      throw new TrainingStoppedException(
          "interrupted while writing a checkpoint", new InterruptException(e));
    }
  }

  @Override
  public void close() {
    transactions.close();
  }
}
