package io.distillstream.trainer.checkpoint.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointTransactionsTest {
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final CheckpointTransactions transactions = new CheckpointTransactions(new Clients());

  @AfterEach
  void close() {
    transactions.close();
  }

  @Test
  void shouldNotAbortWhatMayHaveBeenCommitted() {
    producer.commitTransactionException = new TimeoutException("no answer");

    assertThatThrownBy(this::commit)
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("unknown whether")
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(producer.transactionAborted()).isFalse();
  }

  @Test
  void shouldWriteNothingMoreOnceAnOutcomeIsUnknown() {
    producer.commitTransactionException = new TimeoutException("no answer");
    assertThatThrownBy(this::commit).isInstanceOf(TrainingStoppedException.class);
    producer.commitTransactionException = null;

    assertThatThrownBy(this::commit)
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("an earlier transaction never ended");
    assertThat(producer.transactionCommitted()).isFalse();
    assertThat(producer.transactionAborted()).isFalse();
  }

  @Test
  void shouldAbortWhatCouldNotBeWritten() {
    assertThatThrownBy(
            () ->
                transactions.commit(
                    Map.of(),
                    sending -> {
                      throw new IllegalStateException("damaged");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void shouldSayWhatTheBrokerSaidWhereItCanNeitherCommitNorAbort() {
    producer.commitTransactionException = new KafkaException("commit");
    producer.abortTransactionException = new KafkaException("abort");

    assertThatThrownBy(this::commit)
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("neither committed nor aborted")
        .hasCause(producer.abortTransactionException);
  }

  @Test
  void shouldTellThatAnotherTookOver() {
    producer.commitTransactionException = new ProducerFencedException("fenced");

    assertThatThrownBy(this::commit).isInstanceOf(TakenOverException.class);
    assertThat(producer.transactionAborted()).isFalse();
  }

  private void commit() throws Exception {
    transactions.commit(
        Map.of(), sending -> sending.send(new ProducerRecord<>("topic", "key", new byte[0])));
  }

  private final class Clients implements KafkaClients {
    @Override
    public Consumer<String, byte[]> groupConsumer() {
      return new MockConsumer<>("earliest");
    }

    @Override
    public Consumer<String, byte[]> reader() {
      return new MockConsumer<>("earliest");
    }

    @Override
    public Producer<String, byte[]> transactionalProducer() {
      return producer;
    }

    @Override
    public Admin admin() {
      throw new UnsupportedOperationException("no cluster");
    }
  }
}
