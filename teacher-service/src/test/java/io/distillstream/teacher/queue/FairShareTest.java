package io.distillstream.teacher.queue;

import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.log;
import static io.distillstream.teacher.queue.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose texts windows are made up of while callers and the log both wait. */
@Timeout(20)
class FairShareTest {

  private static final Duration ZERO = Duration.ZERO;
  private static final Duration LONG = Duration.ofHours(10_000);

  private final Pace fast = Fixtures.fast();
  private final Pace slow = Fixtures.pace(Duration.ofSeconds(100));
  private long offset;
  private int callersTexts;
  private int callersWords;
  private int logsTexts;
  private int logsWords;

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.25, 0.5, 0.75, 0.95})
  void shouldShareByNumberWhereThisBoundsWindows(double share) throws Exception {
    LabelQueue queue = byNumber(share);
    for (int i = 0; i < 100; i++) {
      fill(queue, "a", "a b c");
      take(queue);
    }
    assertThat((double) callersTexts / (callersTexts + logsTexts)).isCloseTo(share, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"0.5,1,1", "0.5,1,6", "0.5,6,1", "0.8,1,6", "0.2,1,40", "0.8,40,1"})
  void shouldShareByCostWhereThisBoundsWindows(double share, int callers, int logs)
      throws Exception {
    LabelQueue queue = byCost(share);
    int words = 0;
    while (words < 20_000) {
      fill(queue, "a ".repeat(callers), "a ".repeat(logs));
      take(queue);
      words = callersWords + logsWords;
    }
    assertThat((double) callersWords / words).isCloseTo(share, within(0.01));
  }

  @Test
  void shouldOweWhatALargeTextTookBeyondItsShare() throws Exception {
    LabelQueue queue = byCost(0.5);
    queue.offerLog(queue.epoch(), log(0, offset++, "a ".repeat(50)));
    fill(queue, "a", "a");

    while (logsWords == 0) {
      take(queue);
    }
    assertThat(logsWords).isEqualTo(50);
    while (callersWords < 40) {
      take(queue);
      assertThat(logsWords).isEqualTo(50);
    }
    for (int i = 0; i < 4; i++) {
      take(queue);
    }
    assertThat(logsWords).isBetween(callersWords - 2, callersWords + 2);
  }

  @Test
  void shouldGiveOneLaneAllWhileTheOtherIsEmptyAndNobodyOwesAnything() throws Exception {
    LabelQueue queue = byNumber(0.5);
    queue.offer(texts(80, "a"));
    for (int i = 0; i < 10; i++) {
      take(queue);
    }
    assertThat(callersTexts).isEqualTo(80);

    fill(queue, "a", "a");
    callersTexts = 0;
    take(queue);
    assertThat(callersTexts).isEqualTo(4);
    assertThat(logsTexts).isEqualTo(4);
  }

  @Test
  void shouldNotLetUnreadableRecordsPassForNothing() throws Exception {
    LabelQueue queue = byNumber(0.5);
    queue.offer(texts(100, "a"));
    for (int i = 0; i < 100; i++) {
      queue.offerLog(queue.epoch(), refused(0, offset++));
    }
    take(queue);
    assertThat(callersTexts).isEqualTo(4);
    assertThat(logsTexts).isEqualTo(4);
  }

  /** A model so fast that only the number of texts bounds a window: 8. */
  private LabelQueue byNumber(double share) {
    return new LabelQueue(new QueueBounds(1_000, 8, 1, ZERO, ZERO, LONG, LONG, share), fast);
  }

  /** A model so slow that a window is worth ten words. */
  private LabelQueue byCost(double share) {
    return new LabelQueue(
        new QueueBounds(1_000, 1_000, 1, ZERO, ZERO, Duration.ofSeconds(4_000), LONG, share), slow);
  }

  /** So that both lanes have texts whatever is taken next. */
  private void fill(LabelQueue queue, String callers, String logs) {
    queue.offer(texts(200, callers));
    for (int i = 0; i < 200; i++) {
      queue.offerLog(queue.epoch(), log(0, offset++, logs));
    }
  }

  private void take(LabelQueue queue) throws InterruptedException {
    Window window = queue.take().orElseThrow();
    fast.windowEnds();
    slow.windowEnds();
    queue.finish(window);
    callersTexts += window.http().size();
    logsTexts += window.log().size();
    callersWords += window.http().stream().mapToInt(PendingText::size).sum();
    logsWords +=
        window.log().stream().mapToInt(entry -> entry instanceof LogText t ? t.size() : 0).sum();
  }

  private static List<HttpText> texts(int count, String text) {
    return IntStream.range(0, count).mapToObj(i -> http(Integer.toString(i), text)).toList();
  }
}
