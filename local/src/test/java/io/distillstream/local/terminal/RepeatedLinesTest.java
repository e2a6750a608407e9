package io.distillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("org.example.Client");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private long nanos;

  @BeforeEach
  void filter() {
    RepeatedLines filter = new RepeatedLines(() -> nanos);
    filter.start();
    context.addTurboFilter(filter);
    logged.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(logged);
  }

  @Test
  void shouldLogALineAFewTimesAMinuteAndThenSayHowManyMoreThereWere() {
    repeat(1_000, "{} is away");
    assertThat(lines()).hasSize(RepeatedLines.ALLOWED).containsOnly("x is away");

    nanos += RepeatedLines.WINDOW.toNanos();
    logger.warn("{} is away", "x");

    assertThat(lines().subList(RepeatedLines.ALLOWED, lines().size()))
        .containsExactly(
            "995 more lines like this within 1 s were left out, the last of them: x is away",
            "x is away");
  }

  @Test
  void shouldSayWhatWasLeftOutWithTheNextLineOfAnyLogger() {
    repeat(6, "{} is away");
    nanos += Duration.ofSeconds(9).toNanos();
    logger.warn("{} is away", "y");
    nanos += RepeatedLines.WINDOW.plus(Duration.ofSeconds(9)).toNanos();
    context.getLogger("org.example.Other").warn("hello");

    assertThat(lines())
        .endsWith(
            "2 more lines like this within 9 s were left out, the last of them: y is away",
            "hello");
  }

  @Test
  void shouldTellFailuresApartByWhatCausedThem() {
    for (int i = 0; i < 9; i++) {
      logger.warn("Thread {} ended", i, new IllegalStateException("harmless"));
    }
    logger.warn("Thread {} ended", 9, new IllegalStateException("in", new OutOfMemoryError()));
    assertThat(lines()).hasSize(RepeatedLines.ALLOWED + 1).endsWith("Thread 9 ended");
  }

  @Test
  void shouldTellErrorsApartByTheirWholeMessage() {
    for (int i = 0; i < 9; i++) {
      logger.error("{} did not close cleanly", "teacher");
    }
    logger.error("{} did not close cleanly", "trainer");
    assertThat(lines())
        .hasSize(RepeatedLines.ALLOWED + 1)
        .endsWith("trainer did not close cleanly");
  }

  @Test
  void shouldTellLinesApartByLoggerAndLevelAndPattern() {
    repeat(9, "{} is away");
    repeat(9, "{} is back");
    for (int i = 0; i < 9; i++) {
      logger.error("{} is away", "x");
      context.getLogger("org.example.Other").warn("{} is away", "x");
    }
    assertThat(lines()).hasSize(4 * RepeatedLines.ALLOWED);
  }

  @Test
  void shouldTakeLinesThatDifferInDigitsForAlike() {
    for (int i = 0; i < 50; i++) {
      logger.warn("[Consumer clientId=consumer-" + i + "] offset " + 1_000 * i);
    }
    assertThat(lines()).hasSize(RepeatedLines.ALLOWED);
  }

  @Test
  void shouldLetThroughWhatIsAskedForToFindAFault() {
    logger.setLevel(Level.DEBUG);
    for (int i = 0; i < 50; i++) {
      logger.debug("polled");
    }
    assertThat(lines()).hasSize(50);
  }

  @Test
  void shouldNotCountWhatIsNotLoggedOrMerelyAskedFor() {
    for (int i = 0; i < 50; i++) {
      logger.info("{} is away", i);
      assertThat(logger.isWarnEnabled()).isTrue();
    }
    assertThat(lines()).isEmpty();
    logger.setLevel(Level.INFO);
    logger.info("{} is away", "x");
    assertThat(lines()).containsExactly("x is away");
  }

  @Test
  void shouldBoundWhatOneLoggerSaysHoweverManyKindsOfLinesItHas() {
    for (int i = 0; i < 5_000; i++) {
      logger.warn(letters(i));
    }
    assertThat(lines()).hasSize(1_000 + RepeatedLines.ALLOWED);
  }

  private static String letters(int number) {
    return Integer.toString(number, 5)
        .chars()
        .mapToObj(digit -> Character.toString((char) (digit + 'a' - '0')))
        .reduce("", String::concat);
  }

  private void repeat(int times, String pattern) {
    for (int i = 0; i < times; i++) {
      logger.warn(pattern, "x");
    }
  }

  private List<String> lines() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
