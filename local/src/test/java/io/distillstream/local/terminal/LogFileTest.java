package io.distillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogFileTest {

  private static final Logger library = LoggerFactory.getLogger("org.example.Library");

  @TempDir private Path folder;

  @Test
  void shouldHoldWhatLibrariesSayWithStackTraces() throws Exception {
    Path path;
    try (LogFile log = LogFile.open(folder, "local")) {
      path = log.path();
      library.warn("it happened", new IllegalStateException("because"));
    }
    library.warn("after it was closed");

    assertThat(path).isEqualTo(folder.resolve("logs").resolve("local.log"));
    assertThat(Files.readString(path))
        .contains("WARN ", "org.example.Library - it happened", "because", "at io.distillstream")
        .doesNotContain("after it was closed");
  }

  @Test
  void shouldSayHowManyLinesWereLeftOutThatRepeat() throws Exception {
    Path path;
    try (LogFile log = LogFile.open(folder, "local")) {
      path = log.path();
      for (int i = 0; i < 100; i++) {
        library.warn("[node " + i + "] no answer from {}", "broker-" + i);
      }
      library.warn("something else");
    }

    assertThat(Files.readAllLines(path))
        .hasSize(RepeatedLines.ALLOWED + 2)
        .anyMatch(line -> line.endsWith("[node 4] no answer from broker-4"))
        .anyMatch(line -> line.endsWith("something else"))
        .last(STRING)
        .contains("95 more lines like this", "[node 99] no answer from broker-99");
  }

  @Test
  void shouldCreateNothingWhereNothingIsLogged() {
    LogFile.during(() -> {}, folder.resolve("data"), "feed", line -> {});

    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void shouldSayOnceWhereTheFileIs() {
    List<String> notices = new ArrayList<>();
    LogFile.during(
        () -> {
          library.warn("one");
          library.warn("two");
        },
        folder,
        "feed",
        notices::add);

    assertThat(notices)
        .containsExactly("log messages go to " + folder.resolve("logs").resolve("feed.log"));
    assertThat(folder.resolve("logs").resolve("feed.log")).content().contains("one", "two");
  }

  @Test
  void shouldKeepItsSizeWithinBounds() throws Exception {
    String megabyte = "x".repeat(1 << 20);
    // Each of another kind: what repeats is left out.
    try (LogFile log = LogFile.open(folder, "local")) {
      for (int i = 0; i < 45; i++) {
        library.warn("y".repeat(i) + megabyte);
      }
      assertThat(log.path()).exists();
    }

    try (var files = Files.list(folder.resolve("logs"))) {
      assertThat(files.map(file -> file.toFile().length()))
          .hasSize(3)
          .allMatch(bytes -> bytes < 12L << 20);
    }
  }
}
