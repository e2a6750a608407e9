package io.distillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.StageReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

class StageBoardTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final StringWriter text = new StringWriter();

  private StageBoard board(boolean terminal) {
    return new StageBoard(new PrintWriter(text), terminal, StageBoardTest::report);
  }

  private static StageReport report(String stage) {
    return new StageReport(stage, "1", START, new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  private static boolean ended(Thread thread) {
    try {
      thread.join(10_000);
      return !thread.isAlive();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldRedrawTheBlockInPlaceOnATerminal() {
    try (StageBoard board = board(true)) {
      board.draw(START, List.of("  device", "  traffic"));
      assertThat(text.toString()).doesNotContain("\u001b[6A");
      board.draw(START.plusSeconds(1), List.of("  device", "  traffic"));
    }
    assertThat(text.toString()).containsOnlyOnce("\u001b[6A");
  }

  @Test
  void shouldPrintLogLinesAboveTheBlock() {
    try (StageBoard board = board(true)) {
      board.draw(START, List.of());
      LoggerFactory.getLogger("io.distillstream.Anything")
          .warn("it is late", new IllegalStateException("the clock\nis wrong"));
    }
    String[] parts = text.toString().split("\u001b\\[4A\u001b\\[J", -1);
    assertThat(parts).hasSize(2);
    assertThat(parts[1].lines().toList().get(0)).endsWith("WARN  it is late: the clock is wrong");
    assertThat(parts[1].lines()).hasSize(5 + 1);
  }

  @Test
  void shouldNotOverwriteWhatIsPrintedBelowTheBlock() {
    try (StageBoard board = board(true)) {
      board.draw(START, List.of());
      board.print("Summary");
      LoggerFactory.getLogger("io.distillstream.Anything").warn("it is late");
    }
    assertThat(text.toString())
        .doesNotContain("\u001b[4A")
        .containsOnlyOnce("  teacher")
        .containsSubsequence("Summary\n", "WARN  it is late\n");
  }

  @Test
  @Timeout(30)
  void shouldLetThreadsLogWhileAStageIsAsked() {
    AtomicBoolean logged = new AtomicBoolean();
    Function<String, StageReport> busy =
        stage -> {
          Thread other =
              new Thread(
                  () -> LoggerFactory.getLogger("io.distillstream.Anything").warn("it is late"));
          other.start();
          logged.set(ended(other));
          return StageBoardTest.report(stage);
        };
    try (StageBoard board = new StageBoard(new PrintWriter(text), true, busy)) {
      board.draw(START, List.of());
    }
    assertThat(logged).isTrue();
  }

  @Test
  void shouldPrintNowAndThenElsewhere() {
    try (StageBoard board = board(false)) {
      board.draw(START, List.of());
      board.draw(START.plusSeconds(5), List.of());
      board.draw(START.plusSeconds(11), List.of());
    }
    assertThat(text.toString()).doesNotContain("\u001b");
    assertThat(text.toString().lines()).hasSize(10);
  }

  @Test
  void shouldNotMoveTheCursorOfADumbTerminal() {
    assertThat(Terminal.understandsCursor("xterm-256color")).isTrue();
    assertThat(Terminal.understandsCursor("dumb")).isFalse();
    assertThat(Terminal.understandsCursor(null)).isFalse();
  }
}
