package io.distillstream.local.labels.log;

import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.transaction.AbortedException;
import io.distillstream.wire.transaction.FencedException;
import io.distillstream.wire.transaction.Transactions;
import io.distillstream.wire.transaction.UnknownOutcomeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Publishes records in transactions of some hundreds, under an id of which there is one at a time:
 * who opens it ends what another left open, so that what is in the log then is all that there will
 * be of it. Used by one thread.
 */
public final class LabelPublisher implements AutoCloseable {

  private static final int RECORDS = 1_000;
  private static final int BYTES = 8 << 20;
  private static final int COMMIT_ATTEMPTS = 3;

  private final Transactions transactions;
  private final List<ProducerRecord<String, byte[]>> waiting = new ArrayList<>();
  private int waitingBytes;

  private LabelPublisher(Transactions transactions) {
    this.transactions = transactions;
  }

  /** Takes over the id. */
  public static LabelPublisher open(ClusterConnection cluster, String transactionalId) {
    return new LabelPublisher(
        Transactions.open(
            new KafkaProducer<>(cluster.transactionalProducerProperties(transactionalId)),
            COMMIT_ATTEMPTS));
  }

  /** Adds records that belong together: they are published in one transaction. */
  public void add(List<ProducerRecord<String, byte[]>> records) {
    waiting.addAll(records);
    records.forEach(record -> waitingBytes += record.value().length);
    if (waiting.size() >= RECORDS || waitingBytes >= BYTES) {
      flush();
    }
  }

  /**
   * Publishes what waits.
   *
   * @throws CommandFailedException if that fails, or is not known to have succeeded
   */
  public void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    try {
      transactions.commit(producer -> waiting.forEach(producer::send));
    } catch (FencedException e) {
      throw new CommandFailedException(
          "Another process does the same and has taken over; this one has published nothing since",
          e);
    } catch (AbortedException | UnknownOutcomeException | IOException e) {
      throw new CommandFailedException(
          "The brokers did not take labels: %s; started again, the command goes on where it ended"
              .formatted(e.getMessage()),
          e);
    }
    waiting.clear();
    waitingBytes = 0;
  }

  /** What waits is not published. */
  @Override
  public void close() {
    transactions.close();
  }
}
