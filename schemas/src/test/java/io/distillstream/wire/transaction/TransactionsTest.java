package io.distillstream.wire.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.distillstream.avro.GroundTruth;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Outcomes, with Kafka's own stand-in for a producer. */
class TransactionsTest {
  private static final TopicPartition SOURCE = new TopicPartition("source", 0);
  private static final ConsumerGroupMetadata GROUP =
      new MockConsumer<String, byte[]>("earliest").groupMetadata();

  private final CountingProducer producer = new CountingProducer();
  private final Transactions transactions = Transactions.open(producer, 5);

  @Test
  void shouldCommitRecordsAndOffsetsTogether() throws Exception {
    transactions.commit(
        TransactionsTest::write,
        new ConsumedOffsets(Map.of(SOURCE, new OffsetAndMetadata(7)), GROUP));

    assertThat(producer.history()).hasSize(1);
    assertThat(producer.consumerGroupOffsetsHistory().get(0).get(GROUP.groupId()))
        .containsEntry(SOURCE, new OffsetAndMetadata(7));
    assertThat(producer.transactionCommitted()).isTrue();
  }

  @Test
  void shouldAskAgainWhereACommitIsNotConfirmed() throws Exception {
    producer.timeOuts = 4;

    transactions.commit(TransactionsTest::write);

    assertThat(producer.commits).isEqualTo(5);
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void shouldNotAbortWhatMayHaveBeenCommitted() {
    producer.timeOuts = Integer.MAX_VALUE;

    assertThatThrownBy(() -> transactions.commit(TransactionsTest::write))
        .isInstanceOf(UnknownOutcomeException.class)
        .hasMessageContaining("did not confirm")
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(producer.transactionAborted()).isFalse();
  }

  @Test
  void shouldNotCallAbortedWhatIsRefusedOnlyWhenAskedAgain() {
    producer.timeOuts = 1;
    producer.commitTransactionException = new TransactionalIdAuthorizationException("denied");

    assertThatThrownBy(() -> transactions.commit(TransactionsTest::write))
        .isInstanceOf(UnknownOutcomeException.class)
        .hasMessageContaining("denied");
  }

  @Test
  void shouldAbortWhereACommitTimesOutBecauseARecordDid() {
    producer.timeOuts = 1;
    producer.commitTransactionException = new KafkaException("in an error state");

    AbortedException aborted =
        catchThrowableOfType(
            AbortedException.class, () -> transactions.commit(TransactionsTest::write));

    assertThat(aborted.producerUsable()).isTrue();
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void shouldBeginNoneAfterOneThatNeverEnded() {
    producer.timeOuts = Integer.MAX_VALUE;
    assertThatThrownBy(() -> transactions.commit(TransactionsTest::write))
        .isInstanceOf(UnknownOutcomeException.class);
    int before = producer.commits;

    AbortedException aborted =
        catchThrowableOfType(
            AbortedException.class, () -> transactions.commit(TransactionsTest::write));

    assertThat(aborted.producerUsable()).isFalse();
    assertThat(producer.commits).isEqualTo(before);
  }

  @Test
  void shouldTellThatAnotherTookOver() {
    producer.commitTransactionException = new ProducerFencedException("fenced");

    assertThatThrownBy(() -> transactions.commit(TransactionsTest::write))
        .isInstanceOf(FencedException.class);
    assertThat(producer.transactionAborted()).isFalse();
  }

  @Test
  void shouldTellThatAnotherTookOverWhereOnlyTheAbortSaysSo() {
    producer.commitTransactionException = new KafkaException("in an error state");
    producer.abortTransactionException =
        new KafkaException("in an error state", new ProducerFencedException("fenced"));

    assertThatThrownBy(() -> transactions.commit(TransactionsTest::write))
        .isInstanceOf(FencedException.class);
  }

  @Test
  void shouldAbortWhatWasReadUnderAPlaceInTheGroupThatAnotherMemberHas() {
    producer.sendOffsetsToTransactionException = new FencedInstanceIdException("replaced");

    assertThatThrownBy(
            () ->
                transactions.commit(
                    TransactionsTest::write,
                    new ConsumedOffsets(Map.of(SOURCE, new OffsetAndMetadata(7)), GROUP)))
        .isInstanceOfSatisfying(
            AbortedException.class, aborted -> assertThat(aborted.producerUsable()).isTrue());
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void shouldAbortWhatTheBrokersRefuse() {
    producer.sendOffsetsToTransactionException = new KafkaException("rebalanced");

    AbortedException aborted =
        catchThrowableOfType(
            AbortedException.class,
            () ->
                transactions.commit(
                    TransactionsTest::write,
                    new ConsumedOffsets(Map.of(SOURCE, new OffsetAndMetadata(7)), GROUP)));

    assertThat(aborted.producerUsable()).isTrue();
    assertThat(aborted).hasMessage("rebalanced");
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void shouldGoOnAfterAnAbort() throws Exception {
    GroundTruth truth = new GroundTruth("id-1", "noun.animal", Instant.EPOCH);
    try (WireFormat nowhere = new WireFormat("http://127.0.0.1:9")) {
      Codec<GroundTruth> codec = nowhere.codec(Topics.GROUND_TRUTH, new Pipeline("aborted"));
      assertThatThrownBy(() -> transactions.commit(sending -> codec.encode(truth)))
          .isInstanceOf(AbortedException.class)
          .hasCauseInstanceOf(RegistryUnavailableException.class);
    }

    transactions.commit(TransactionsTest::write);

    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void shouldNotUseAProducerAgainThatHasNoRights() {
    producer.commitTransactionException = new TransactionalIdAuthorizationException("denied");

    AbortedException aborted =
        catchThrowableOfType(
            AbortedException.class, () -> transactions.commit(TransactionsTest::write));

    assertThat(aborted.producerUsable()).isFalse();
  }

  @Test
  void shouldSayWhatTheBrokersSaidWhereItCanNeitherCommitNorAbort() {
    producer.commitTransactionException = new KafkaException("commit");
    producer.abortTransactionException = new KafkaException("abort");

    AbortedException aborted =
        catchThrowableOfType(
            AbortedException.class, () -> transactions.commit(TransactionsTest::write));

    assertThat(aborted.producerUsable()).isFalse();
    assertThat(aborted)
        .hasMessageContaining("neither committed nor aborted")
        .hasCause(producer.abortTransactionException);
    assertThat(producer.abortTransactionException)
        .hasSuppressedException(producer.commitTransactionException);
  }

  @Test
  void shouldTellThatAnotherTookOverAlsoWhereTheWorkFailed() {
    producer.abortTransactionException = new ProducerFencedException("fenced");
    IOException failure = new IOException("disk");

    assertThatThrownBy(
            () ->
                transactions.commit(
                    sending -> {
                      throw failure;
                    }))
        .isInstanceOf(FencedException.class)
        .cause()
        .hasSuppressedException(failure);
  }

  @Test
  void shouldHandOnWhatTheWorkThrewOnceItIsAborted() {
    assertThatThrownBy(
            () ->
                transactions.commit(
                    sending -> {
                      throw new IOException("disk");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk");
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void shouldCloseAProducerThatCannotBegin() {
    CountingProducer silent = new CountingProducer();
    silent.initTransactionException = new TimeoutException("no answer");

    assertThatThrownBy(() -> Transactions.open(silent, 5))
        .isInstanceOf(ClusterUnavailableException.class);
    assertThat(silent.closed()).isTrue();
  }

  private static void write(org.apache.kafka.clients.producer.Producer<String, byte[]> sending) {
    sending.send(new ProducerRecord<>("topic", "key", new byte[0]));
  }

  /** Confirms a commit only after a number of time-outs. */
  private static final class CountingProducer extends MockProducer<String, byte[]> {
    int timeOuts;
    int commits;

    CountingProducer() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      commits++;
      if (commits <= timeOuts) {
        throw new TimeoutException("not yet");
      }
      super.commitTransaction();
    }
  }
}
