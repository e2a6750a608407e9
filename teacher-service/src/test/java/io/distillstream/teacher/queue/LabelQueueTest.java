package io.distillstream.teacher.queue;

import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.log;
import static io.distillstream.teacher.queue.Fixtures.unrecorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.teacher.queue.LabelQueue.Offer;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LabelQueueTest {

  private static final TopicPartition FIRST =
      new TopicPartition(Topics.REQUESTS.in(Fixtures.PIPELINE), 0);
  private static final TopicPartition SECOND =
      new TopicPartition(Topics.REQUESTS.in(Fixtures.PIPELINE), 1);
  private static final Duration LONG = Duration.ofHours(1);

  private final LabelQueue queue = new LabelQueue(bounds(Duration.ofMillis(20)), Fixtures.fast());

  @Test
  void shouldTakeAllTextsOfACallOrNone() {
    assertThat(queue.offer(texts(0, 6))).isEmpty();
    assertThat(queue.offer(texts(6, 3))).map(Refused::reason).contains(Refused.Reason.FULL);
    assertThat(queue.depth()).isEqualTo(6);
    assertThat(queue.offer(texts(6, 2))).isEmpty();
  }

  @Test
  void shouldBoundTheLogLaneByItself() {
    queue.offer(texts(0, 8));
    for (int i = 0; i < 8; i++) {
      assertThat(queue.offerLog(1, log(0, i, "a"))).isEqualTo(Offer.TAKEN);
    }
    assertThat(queue.offerLog(1, log(0, 8, "a"))).isEqualTo(Offer.FULL);
  }

  @Test
  void shouldShareAWindowBetweenTheLanes() throws Exception {
    queue.offer(texts(0, 8));
    for (int i = 0; i < 8; i++) {
      queue.offerLog(1, log(0, i, "a"));
    }

    Window window = take();

    assertThat(window.http()).extracting(HttpText::requestId).containsExactly("0", "1");
    assertThat(window.log()).extracting(entry -> entry.source().offset()).containsExactly(0L, 1L);
  }

  @Test
  void shouldFillAWindowFromOneLaneWhenTheOtherIsShort() throws Exception {
    queue.offer(texts(0, 8));
    queue.offerLog(1, log(0, 0, "a"));

    Window window = take();

    assertThat(window.http()).hasSize(3);
    assertThat(window.log()).hasSize(1);
  }

  @Test
  void shouldNotWaitWhenABatchIsComplete() throws Exception {
    LabelQueue patient = new LabelQueue(bounds(LONG), Fixtures.fast());
    patient.offer(texts(0, 2));

    assertThat(patient.take().orElseThrow().http()).hasSize(2);
  }

  @Test
  void shouldNotHoldASingleTextForLongerThanItsWait() throws Exception {
    queue.offer(texts(0, 1));

    assertThat(take().http()).hasSize(1);
  }

  @Test
  void shouldCommitOnlyAsFarAsTheWindowReaches() throws Exception {
    for (int i = 0; i < 5; i++) {
      queue.offerLog(1, log(0, 10 + i, "a"));
    }
    queue.readUpTo(1, Map.of(FIRST, 20L, SECOND, 7L));

    assertThat(take().offsets()).isEqualTo(Map.of(FIRST, new OffsetAndMetadata(14)));
    assertThat(take().offsets())
        .isEqualTo(Map.of(FIRST, new OffsetAndMetadata(20), SECOND, new OffsetAndMetadata(7)));
  }

  @Test
  void shouldCommitPastRecordsThatNeedNoLabel() throws Exception {
    queue.readUpTo(1, Map.of(FIRST, 5L));

    Window window = take();

    assertThat(window.texts()).isEmpty();
    assertThat(window.offsets()).isEqualTo(Map.of(FIRST, new OffsetAndMetadata(5)));
  }

  @Test
  void shouldRefuseRecordsReadBeforeARewind() throws Exception {
    queue.offerLog(1, log(0, 0, "a"));
    queue.rewind();

    assertThat(queue.offerLog(1, log(0, 1, "a"))).isEqualTo(Offer.STALE);
    assertThat(queue.offerLog(queue.epoch(), log(0, 0, "a"))).isEqualTo(Offer.TAKEN);
    assertThat(take().log()).hasSize(1);
  }

  @Test
  void shouldGiveUpAPartitionOnlyWhenWhatWasTakenOfItIsFinished() throws Exception {
    queue.offerLog(1, log(0, 0, "a"));
    Window window = take();
    queue.offerLog(1, log(0, 1, "a"));
    queue.offerLog(1, log(1, 0, "a"));

    assertThat(queue.revoke(List.of(FIRST), Duration.ofMillis(10))).isFalse();
    queue.finish(window);
    assertThat(queue.revoke(List.of(FIRST), LONG)).isTrue();
    assertThat(take().log()).extracting(entry -> entry.source().partition()).containsExactly(1);
  }

  @Test
  void shouldKeepCallersInTheirOrderWhetherRecordedOrNot() throws Exception {
    queue.offer(List.of(http("1", "a")));
    queue.offer(List.of(unrecorded("2", "a")));
    queue.offer(List.of(http("3", "a")));

    Window window = take();

    assertThat(window.http()).extracting(HttpText::requestId).containsExactly("1", "2", "3");
    assertThat(window.leavesRecords()).isTrue();
  }

  @Test
  void shouldGiveOutOnlyWhatIsNotRecordedWhileCommitsAreBehind() throws Exception {
    Window first = windowOfTheLog(0);
    windowOfTheLog(1);
    windowOfTheLog(2);
    queue.offerLog(1, log(0, 3, "a"));
    queue.offer(List.of(http("1", "a"), unrecorded("2", "a")));

    Window alone = take();
    queue.finish(first);
    Window next = take();

    assertThat(alone.http()).extracting(HttpText::requestId).containsExactly("2");
    assertThat(alone.log()).isEmpty();
    assertThat(alone.offsets()).isEmpty();
    assertThat(next.http()).extracting(HttpText::requestId).containsExactly("1");
    assertThat(next.log()).hasSize(1);
  }

  @Test
  void shouldCountNoWindowThatLeavesNoRecords() throws Exception {
    windowOfTheLog(0);
    queue.offer(List.of(unrecorded("1", "a")));
    Window unrecorded = take();

    assertThat(unrecorded.leavesRecords()).isFalse();
    assertThat(windowOfTheLog(1).number()).isEqualTo(2);
  }

  @Test
  void shouldEndAndReturnWhoIsLeftWhenClosed() throws Exception {
    queue.offer(texts(0, 3));
    queue.offer(List.of(unrecorded("3", "a")));

    assertThat(queue.close()).hasSize(4);
    assertThat(queue.take()).isEmpty();
    assertThat(queue.offer(texts(0, 1))).map(Refused::reason).contains(Refused.Reason.CLOSED);
  }

  @Test
  void shouldRefuseBoundsThatContradictEachOther() {
    assertThatThrownBy(() -> new QueueBounds(8, 4, 5, LONG, LONG, LONG, LONG))
        .hasMessageContaining("batch <= window <= capacity");
  }

  private static QueueBounds bounds(Duration wait) {
    return new QueueBounds(8, 4, 2, wait, wait, LONG, LONG);
  }

  private Window windowOfTheLog(long offset) throws InterruptedException {
    queue.offerLog(1, log(0, offset, "a"));
    return take();
  }

  private Window take() throws InterruptedException {
    return queue.take().orElseThrow();
  }

  private static List<HttpText> texts(int from, int count) {
    return java.util.stream.IntStream.range(from, from + count)
        .mapToObj(i -> http(Integer.toString(i), "a text"))
        .toList();
  }
}
