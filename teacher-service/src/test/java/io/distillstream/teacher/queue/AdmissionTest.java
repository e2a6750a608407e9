package io.distillstream.teacher.queue;

import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.log;
import static io.distillstream.teacher.queue.Fixtures.unrecorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.teacher.queue.Refused.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whose texts are taken while how many wait. The teacher needs 100 s for a word, so that no time
 * that a test takes matters.
 */
@Timeout(20)
class AdmissionTest {

  private static final Duration ZERO = Duration.ZERO;

  /** The time of ten words. A quarter is a window's, so seven and a half may wait. */
  private static final Duration ALLOWED = Duration.ofSeconds(1_000);

  /** The time of a thousand words. */
  private static final Duration WITHIN = Duration.ofSeconds(100_000);

  private final Pace pace = Fixtures.pace(Duration.ofSeconds(100));
  private final LabelQueue queue =
      new LabelQueue(new QueueBounds(1_000, 100, 4, ZERO, ZERO, ALLOWED, WITHIN), pace);

  @Test
  void shouldTakeCallsUntilWhatWaitsTakesTooLong() {
    assertThat(queue.offer(texts(7))).isEmpty();
    assertThat(queue.offer(texts(1))).isEmpty();

    assertThat(queue.offer(texts(1))).map(Refused::reason).contains(Reason.OVERLOAD);
    assertThat(queue.depth()).isEqualTo(8);
  }

  @Test
  void shouldWeighTextsByWhatTheyCost() {
    queue.offer(List.of(http("long", "a b c d e f g h")));

    assertThat(queue.offer(texts(1))).map(Refused::reason).contains(Reason.OVERLOAD);
  }

  @Test
  void shouldTakeALargeCallWhereASmallOneWouldBeTaken() {
    queue.offer(texts(7));

    assertThat(queue.offer(texts(500))).isEmpty();
    assertThat(queue.offer(texts(1))).isPresent();
  }

  @Test
  void shouldRefuseACallThatCannotBeAnsweredInTimeAndSayHowManyTextsCould() {
    Refused refused = queue.offer(texts(1_000, "a b")).orElseThrow();

    assertThat(refused.reason()).isEqualTo(Reason.LARGE_CALL);
    assertThat(refused.texts()).isEqualTo(500);
    assertThat(queue.offer(texts(500, "a b"))).isEmpty();
  }

  @Test
  void shouldTryALargeCallAgainAfterAWhile() {
    AtomicLong now = new AtomicLong();
    Pace slow = new Pace(now::get);
    slow.batchEnds(1, 1, 1, Duration.ofSeconds(100).toNanos());
    LabelQueue idle =
        new LabelQueue(new QueueBounds(2_000, 100, 4, ZERO, ZERO, ALLOWED, WITHIN), slow);
    assertThat(idle.offer(texts(1_001))).map(Refused::reason).contains(Reason.LARGE_CALL);

    now.addAndGet(WITHIN.toNanos() + 1_000_000);

    assertThat(idle.offer(texts(1_001))).isEmpty();
    assertThat(idle.offer(texts(1_001))).isPresent();
  }

  @Test
  void shouldRefuseACallThatIsOnlyTooLateBehindWhatWaits() {
    queue.offer(texts(7));

    Refused refused = queue.offer(texts(498, "a b")).orElseThrow();

    assertThat(refused.reason()).isEqualTo(Reason.OVERLOAD);
    // Three words too many.
    assertThat(refused.retryAfter()).isGreaterThan(Duration.ZERO);
    assertThat(queue.offer(texts(496, "a b"))).isEmpty();
  }

  @Test
  void shouldTakeASingleTextHoweverLongItTakes() {
    assertThat(queue.offer(List.of(http("long", "a ".repeat(2_000))))).isEmpty();
  }

  @Test
  void shouldCountWhatTheModelHasAndForgetWhatItHasAnswered() throws Exception {
    queue.offer(texts(8));
    Window window = queue.take().orElseThrow();

    // Three words are in the model, five wait.
    assertThat(window.http()).hasSize(3);
    assertThat(queue.offer(texts(1))).isPresent();
    pace.windowEnds();
    assertThat(queue.offer(texts(1))).isEmpty();
  }

  @Test
  void shouldCountTheShareOfTheLog() {
    queue.offer(texts(4));
    for (int i = 0; i < 20; i++) {
      queue.offerLog(1, log(0, i, "a"));
    }

    // Four words of the log are labelled beside the callers' four.
    assertThat(queue.offer(texts(1))).map(Refused::reason).contains(Reason.OVERLOAD);
  }

  @Test
  void shouldTakeABatchBeforeAnythingWasMeasured() {
    LabelQueue cold =
        new LabelQueue(new QueueBounds(1_000, 100, 4, ZERO, ZERO, ALLOWED, WITHIN), new Pace());

    assertThat(cold.offer(texts(3))).isEmpty();
    assertThat(cold.offer(texts(3))).isEmpty();
    assertThat(cold.offer(texts(1))).map(Refused::reason).contains(Reason.OVERLOAD);
  }

  @Test
  void shouldTellCommitsThatStandStillFromAModelThatIsBusy() throws Exception {
    Pace quick = Fixtures.fast();
    LabelQueue soon =
        new LabelQueue(
            new QueueBounds(1_000, 100, 4, ZERO, ZERO, Duration.ofMillis(1), WITHIN), quick);
    for (int i = 0; i < LabelQueue.MOST_UNFINISHED; i++) {
      soon.offer(texts(1));
      soon.take();
      quick.windowEnds();
    }
    quick.commitStarts();

    await()
        .untilAsserted(
            () ->
                assertThat(soon.refusal(1, true))
                    .map(Refused::reason)
                    .contains(Reason.SLOW_COMMITS));
    assertThat(soon.refusal(1, false)).isEmpty();
    quick.commitEnds(false);
    assertThat(soon.refusal(1, true)).isEmpty();
  }

  @Test
  void shouldSendThoseWhoAreRefusedBackOneAfterTheOther() {
    LabelQueue quicker =
        new LabelQueue(
            new QueueBounds(1_000, 100, 4, ZERO, ZERO, Duration.ofSeconds(4), WITHIN),
            Fixtures.pace(Duration.ofSeconds(4)));
    quicker.offer(texts(2));

    Duration first = quicker.offer(texts(1)).orElseThrow().retryAfter();
    Duration second = quicker.offer(texts(1)).orElseThrow().retryAfter();
    quicker.offer(texts(100));
    Duration third = quicker.offer(texts(1)).orElseThrow().retryAfter();

    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second).isLessThanOrEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void shouldNotSendOthersAwayForLongBecauseOneAsksAgainAndAgain() {
    LabelQueue quicker =
        new LabelQueue(
            new QueueBounds(1_000, 100, 4, ZERO, ZERO, Duration.ofSeconds(1), WITHIN),
            Fixtures.pace(Duration.ofSeconds(1)));
    quicker.offer(texts(2));

    for (int i = 0; i < 1_000; i++) {
      // One second until there is room, and four in which all who were refused come back.
      assertThat(quicker.offer(texts(1)).orElseThrow().retryAfter())
          .isLessThanOrEqualTo(Duration.ofSeconds(6));
    }
  }

  @Test
  void shouldLetTextsThatAreNotRecordedPassThoseThatWaitForCommits() throws Exception {
    for (int i = 0; i < LabelQueue.MOST_UNFINISHED; i++) {
      queue.offer(texts(1));
      queue.take();
      pace.windowEnds();
    }
    queue.offer(texts(9));

    assertThat(queue.offer(texts(1))).map(Refused::reason).contains(Reason.OVERLOAD);
    assertThat(queue.offer(List.of(unrecorded("x", "a")))).isEmpty();
  }

  private static List<HttpText> texts(int count) {
    return texts(count, "a");
  }

  private static List<HttpText> texts(int count, String text) {
    return IntStream.range(0, count).mapToObj(i -> http(Integer.toString(i), text)).toList();
  }
}
