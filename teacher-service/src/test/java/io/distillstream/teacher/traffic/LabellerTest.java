package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.queue.Fixtures.PIPELINE;
import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.unrecorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.teacher.log.LoggedRequests;
import io.distillstream.teacher.log.RequestLogReader;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.publish.WindowPublisher;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.transaction.Transactions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of the stage beside a cluster that can be kept from answering. */
@Timeout(30)
class LabellerTest {

  /** Commits once it may. */
  private static final class HeldProducer extends MockProducer<String, byte[]> {

    final CountDownLatch committing = new CountDownLatch(1);
    final CountDownLatch mayCommit = new CountDownLatch(1);

    HeldProducer() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      committing.countDown();
      try {
        mayCommit.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      super.commitTransaction();
    }
  }

  private final HeldProducer producer = new HeldProducer();
  private final HeldProducer next = new HeldProducer();
  private final Deque<HeldProducer> producers = new ArrayDeque<>(List.of(producer, next));

  /** Whether another process has this one's place in the consumer group. */
  private volatile boolean replaced;

  private final Duration sessionEnds = Duration.ofSeconds(3);

  /** Where that is asked. */
  private volatile String bootstrapServers = "127.0.0.1:1";

  /** How often that was asked, counted down. */
  private final CountDownLatch looks = new CountDownLatch(2);

  private final LengthTeacher teacher = new LengthTeacher();
  private final WireFormat wire = Fixtures.wire();
  private final Pace pace = Fixtures.fast();
  private final LabelQueue queue =
      new LabelQueue(
          new QueueBounds(
              16, 2, 1, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
          pace);
  private final Labeller labeller = labeller();

  @BeforeEach
  void start() {
    labeller.start();
  }

  @AfterEach
  void stop() {
    producer.mayCommit.countDown();
    labeller.close();
    wire.close();
  }

  @Test
  void shouldAnswerWhatIsNotRecordedWhileTheClusterIsAway() throws Exception {
    List<HttpText> recorded =
        IntStream.range(0, 10).mapToObj(i -> http("recorded-" + i, "a b")).toList();
    queue.offer(recorded);
    producer.committing.await();
    HttpText unrecorded = unrecorded("unrecorded", "a b");
    queue.offer(List.of(unrecorded));

    assertThat(unrecorded.answer().get(20, TimeUnit.SECONDS).requestId()).isEqualTo("unrecorded");
    assertThat(recorded).noneMatch(text -> text.answer().isDone());

    producer.mayCommit.countDown();
    for (HttpText text : recorded) {
      assertThat(text.answer().get(20, TimeUnit.SECONDS).requestId()).isEqualTo(text.requestId());
    }
    assertThat(producer.history()).noneMatch(sent -> sent.key().equals("unrecorded"));
  }

  @Test
  void shouldTellWhoWantedNoRecordThatTheModelFailed() {
    HttpText unrecorded = unrecorded("unrecorded", "fail");
    queue.offer(List.of(unrecorded));

    assertThatThrownBy(() -> unrecorded.answer().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("The teacher failed on this text");
  }

  @Test
  void shouldNotBeReadyWhileItPausesAfterAnAbortedTransaction() {
    producer.mayCommit.countDown();
    producer.sendException = new CommitFailedException("rebalanced");
    assertThat(labeller.hindrance()).isEmpty();

    // It pauses for a moment only, but after every one.
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              queue.offer(List.of(http("refused", "a b")));
              return labeller.hindrance();
            },
            why -> why.filter(text -> text.contains("aborted")).isPresent());
  }

  @Test
  void shouldTakeNothingBackFromAProcessThatHasItsPlaceInTheGroup() throws Exception {
    replaced = true;
    producer.mayCommit.countDown();
    next.mayCommit.countDown();
    // What a broker says that is ending the transaction on behalf of the successor.
    producer.commitTransactionException = new KafkaException("unexpected error in END_TXN");
    producer.abortTransactionException = new KafkaException("in an error state");

    HttpText refused = http("refused", "a b");
    queue.offer(List.of(refused));

    assertThat(looks.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(refused.answer()).isCompletedExceptionally();
    assertThat(next.transactionInitialized()).isFalse();
    assertThat(labeller.hindrance()).isPresent();

    replaced = false;
    await().until(() -> labeller.hindrance().isEmpty());
    HttpText answered = http("answered", "a b");
    queue.offer(List.of(answered));
    assertThat(answered.answer().get(20, TimeUnit.SECONDS).requestId()).isEqualTo("answered");
    assertThat(next.transactionInitialized()).isTrue();
  }

  @Test
  void shouldStopWhereItsPlaceIsHeldForLongerThanASessionLasts() {
    replaced = true;
    producer.mayCommit.countDown();
    producer.commitTransactionException = new ProducerFencedException("fenced");

    queue.offer(List.of(http("refused", "a b")));

    await().until(() -> !labeller.alive());
    await().until(() -> queue.offer(List.of(http("late", "a b"))).isPresent());
    assertThat(next.transactionInitialized()).isFalse();
  }

  @Test
  void shouldWaitForNamesOfBrokersThatCannotBeResolved() throws Exception {
    bootstrapServers = "broker.invalid:9092";
    producer.mayCommit.countDown();
    next.mayCommit.countDown();
    producer.commitTransactionException = new ProducerFencedException("expired");

    HttpText refused = http("refused", "a b");
    queue.offer(List.of(refused));

    assertThat(looks.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(refused.answer()).isCompletedExceptionally();
    assertThat(labeller.alive()).isTrue();
    assertThat(next.transactionInitialized()).isFalse();

    bootstrapServers = "127.0.0.1:1";
    await().until(() -> labeller.hindrance().isEmpty());
    assertThat(next.transactionInitialized()).isTrue();
  }

  @Test
  void shouldNotBlameTheClusterForAnEndOfItsOwn() {
    labeller.close();

    assertThat(labeller.hindrance()).contains("the teacher has failed or is closed");
  }

  private Labeller labeller() {
    CountedTraffic metrics = new CountedTraffic();
    TrafficRecords records = new TrafficRecords(PIPELINE, wire, Publication.DENSE);
    RequestLogReader reader =
        new RequestLogReader(
            () -> new MockConsumer<>("earliest"),
            new LoggedRequests(records.requests(), teacher, 1_000, ""),
            queue,
            metrics,
            () -> true);
    WindowPublisher publisher =
        new WindowPublisher(
            () -> Transactions.open(producers.remove(), 3),
            records,
            teacher,
            queue,
            reader::group,
            metrics,
            InstantSource.system());
    publisher.connect();
    Reconnection reconnection =
        new Reconnection(publisher, this::replaced, Duration.ofMillis(1), sessionEnds);
    return new Labeller(
        queue,
        new Inference(teacher, 2, pace),
        publisher,
        new LogReading(reader, publisher, reconnection),
        reconnection,
        pace);
  }

  private boolean replaced() {
    looks.countDown();
    Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))
        .close(Duration.ZERO);
    return replaced;
  }
}
