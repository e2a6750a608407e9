package io.distillstream.teacher.publish;

import static io.distillstream.teacher.queue.Fixtures.PIPELINE;
import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.log;
import static io.distillstream.teacher.queue.Fixtures.refused;
import static io.distillstream.teacher.queue.Fixtures.unrecorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SoftLabel;
import io.distillstream.teacher.publish.WindowPublisher.Outcome;
import io.distillstream.teacher.publish.WindowPublisher.Ownership;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.teacher.queue.Window;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.transaction.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowPublisherTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:01Z");
  private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
      Map.of(new TopicPartition(Topics.REQUESTS.in(PIPELINE), 0), new OffsetAndMetadata(6));

  private static final ConsumerGroupMetadata GROUP =
      new MockConsumer<String, byte[]>("earliest").groupMetadata();

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final MockProducer<String, byte[]> next =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final Deque<MockProducer<String, byte[]>> opened =
      new ArrayDeque<>(List.of(producer, next));
  private final WireFormat wire = Fixtures.wire();
  private final Pace pace = Fixtures.fast();
  private final LabelQueue queue =
      new LabelQueue(
          new QueueBounds(
              8, 4, 2, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
          pace);
  private final Inference inference = new Inference(new LengthTeacher(), 8, pace);
  private final CountedTraffic metrics = new CountedTraffic();
  private final WindowPublisher publisher =
      new WindowPublisher(
          () -> Transactions.open(opened.remove(), 3),
          new TrafficRecords(PIPELINE, wire, Publication.DENSE),
          new LengthTeacher(),
          queue,
          () -> GROUP,
          metrics,
          () -> NOW);

  @BeforeEach
  void connect() {
    publisher.connect();
  }

  @Test
  void shouldCommitLabelsRequestsTruthAndDeadLettersTogether() throws Exception {
    HttpText caller = http("h", "a b", "odd");
    Window window =
        new Window(1, 1, List.of(caller), List.of(log(0, 4, "a"), refused(0, 5)), OFFSETS);

    assertThat(publisher.publish(inference.run(window))).isEqualTo(Outcome.COMMITTED);

    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic, ProducerRecord::key)
        .containsExactlyInAnyOrder(
            tuple("traffic-test.requests", "h"),
            tuple("traffic-test.soft-labels", "h"),
            tuple("traffic-test.ground-truth", "h"),
            tuple("traffic-test.soft-labels", "0-4"),
            tuple("traffic-test.dead-letters", "key"));
    assertThat(producer.consumerGroupOffsetsHistory())
        .singleElement()
        .isEqualTo(Map.of(GROUP.groupId(), OFFSETS));
    assertThat(caller.answer()).isCompleted();
    assertThat(metrics.labelled).isEqualTo(2);
    assertThat(metrics.rejected).isEqualTo(1);
  }

  @Test
  void shouldLeaveNoTraceOfATextThatIsNotRecorded() throws Exception {
    HttpText recorded = http("h", "a b");
    HttpText unrecorded = unrecorded("u", "a b");
    Window window = new Window(1, 1, List.of(unrecorded, recorded), List.of(), Map.of());

    publisher.publish(inference.run(window));

    assertThat(producer.history()).extracting(ProducerRecord::key).containsOnly("h");
    assertThat(recorded.answer()).isCompleted();
    assertThat(metrics.labelled).isEqualTo(1);
  }

  @Test
  void shouldPublishRawLogitsWithTheirTimes() throws Exception {
    HttpText caller = http("h", "a b");
    publisher.publish(inference.run(new Window(1, 1, List.of(caller), List.of(), Map.of())));

    SoftLabel label =
        wire.codec(Topics.SOFT_LABELS, PIPELINE).decode(producer.history().get(1).value());
    assertThat(LogitsCodec.decode((DenseLogits) label.getDistribution(), 1))
        .containsExactly(2f, -2f);
    assertThat(label.getReceivedAt()).isEqualTo(Fixtures.RECEIVED);
    assertThat(label.getLabelledAt()).isEqualTo(NOW);
    assertThat(label.getLabelSpace()).isEqualTo(LengthTeacher.LABELS.fingerprint());
  }

  @Test
  void shouldHandOnTheMarkOfWhatIsNoTraffic() throws Exception {
    Augmentation mark =
        new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "source", "student", 7L);
    LogText plain = log(0, 5, "a");
    LogText marked =
        new LogText(plain.source(), "marked", plain.text(), plain.size(), plain.receivedAt(), mark);
    publisher.publish(inference.run(new Window(1, 1, List.of(), List.of(plain, marked), OFFSETS)));

    Codec<SoftLabel> codec = wire.codec(Topics.SOFT_LABELS, PIPELINE);
    assertThat(codec.decode(producer.history().get(0).value()).getAugmentation()).isNull();
    assertThat(codec.decode(producer.history().get(1).value()).getAugmentation()).isEqualTo(mark);
  }

  @Test
  void shouldAbortRefuseCallersAndReadTheLogAgainWhenTheGroupMovedOn() throws Exception {
    producer.sendOffsetsToTransactionException = new CommitFailedException("rebalanced");
    HttpText caller = http("h", "a b");
    Window window = new Window(1, 1, List.of(caller), List.of(log(0, 5, "a")), OFFSETS);

    assertThat(publisher.publish(inference.run(window))).isEqualTo(Outcome.ABORTED);

    assertThat(producer.history()).isEmpty();
    assertThat(caller.answer()).isCompletedExceptionally();
    assertThat(queue.epoch()).isEqualTo(2);
    assertThat(metrics.labelled).isZero();
  }

  @Test
  void shouldPublishTheCallersThatAnOutageLeftAndReadTheLogAgain() throws Exception {
    HttpText answered = http("h", "a");
    HttpText left = http("i", "away b c d e f g h i j k l");
    Window window = new Window(1, 1, List.of(answered, left), List.of(log(0, 5, "a")), OFFSETS);

    publisher.publish(inference.run(window));

    assertThat(producer.history()).extracting(ProducerRecord::key).containsOnly("h");
    assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
    assertThat(answered.answer()).isCompleted();
    assertThat(left.answer()).isCompletedExceptionally();
    assertThat(queue.epoch()).isEqualTo(2);
    assertThat(metrics.rejected).isZero();
  }

  @Test
  void shouldPublishOnlyCallersOfAWindowFromAnOlderEpoch() throws Exception {
    HttpText caller = http("h", "a b");
    Window window = new Window(1, 1, List.of(caller), List.of(log(0, 5, "a")), OFFSETS);
    queue.rewind();

    publisher.publish(inference.run(window));

    assertThat(producer.history()).extracting(ProducerRecord::key).containsOnly("h");
    assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
    assertThat(caller.answer()).isCompleted();
  }

  @Test
  void shouldConnectAgainAfterACommitThatIsNeverConfirmed() throws Exception {
    producer.commitTransactionException = new TimeoutException("no answer");
    HttpText caller = http("h", "a b");
    Window window = new Window(1, 1, List.of(caller), List.of(log(0, 5, "a")), OFFSETS);

    assertThat(publisher.publish(inference.run(window))).isEqualTo(Outcome.CUT_OFF);
    assertThat(producer.transactionAborted()).isFalse();
    assertThat(caller.answer()).isCompletedExceptionally();
    // Not before the next producer has settled what became of the transaction.
    assertThat(queue.epoch()).isEqualTo(1);

    publisher.connect();

    assertThat(producer.closed()).isTrue();
    assertThat(queue.epoch()).isEqualTo(2);
    HttpText another = http("i", "a b");
    Window later = new Window(2, 2, List.of(another), List.of(), Map.of());
    assertThat(publisher.publish(inference.run(later))).isEqualTo(Outcome.COMMITTED);
    assertThat(next.history()).extracting(ProducerRecord::key).containsOnly("i");
  }

  @Test
  void shouldCommitNothingMoreOnceFenced() throws Exception {
    producer.commitTransactionException = new ProducerFencedException("fenced");
    HttpText caller = http("h", "a b");
    Window window = new Window(1, 1, List.of(caller), List.of(), Map.of());

    assertThat(publisher.publish(inference.run(window))).isEqualTo(Outcome.CUT_OFF);

    assertThat(caller.answer()).isCompletedExceptionally();
    assertThat(next.transactionInitialized()).isFalse();
  }

  @Test
  void shouldOwnWhatAnotherMemberOfTheGroupDoesNot() {
    assertThat(publisher.ownership()).isEqualTo(Ownership.HELD);

    producer.sendOffsetsToTransactionException = new FencedInstanceIdException("replaced");

    assertThat(publisher.ownership()).isEqualTo(Ownership.HELD);
    assertThat(producer.commitCount()).isZero();
  }

  @Test
  void shouldOwnNothingOnceFenced() {
    producer.sendOffsetsToTransactionException = new ProducerFencedException("fenced");

    assertThat(publisher.ownership()).isEqualTo(Ownership.LOST);
  }

  @Test
  void shouldNotKnowWhatItOwnsBeforeItIsConnectedAgain() {
    producer.sendOffsetsToTransactionException = new TimeoutException("no answer");
    producer.abortTransactionException = new TimeoutException("no answer");
    assertThat(publisher.ownership()).isEqualTo(Ownership.UNKNOWN);
    assertThat(publisher.ownership()).isEqualTo(Ownership.UNKNOWN);

    publisher.connect();

    assertThat(publisher.ownership()).isEqualTo(Ownership.HELD);
  }

  @Test
  void shouldPublishNothingWhileNoTransactionsAreOpen() throws Exception {
    publisher.close();
    HttpText caller = http("h", "a b");

    assertThat(
            publisher.publish(
                inference.run(new Window(1, 1, List.of(caller), List.of(), Map.of()))))
        .isEqualTo(Outcome.CUT_OFF);
    assertThat(caller.answer()).isCompletedExceptionally();
    assertThat(publisher.ownership()).isEqualTo(Ownership.UNKNOWN);
  }

  @Test
  void shouldOpenNoTransactionForNothing() throws Exception {
    publisher.publish(inference.run(new Window(1, 1, List.of(), List.of(), Map.of())));

    assertThat(producer.commitCount()).isZero();
  }
}
