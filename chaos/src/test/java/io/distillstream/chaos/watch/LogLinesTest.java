package io.distillstream.chaos.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLinesTest {
  @TempDir private Path folder;

  @Test
  void shouldCountTheBusiestMinute() throws IOException {
    Path file = folder.resolve("a.log");
    LogLines lines = new LogLines(List.of(file, folder.resolve("none.log")));
    lines.look(0);
    append(file, 3);
    lines.look(seconds(10));
    append(file, 4);
    lines.look(seconds(65));
    append(file, 1);
    lines.look(seconds(130));
    assertThat(lines.busiestMinute()).isEqualTo(7);
  }

  @Test
  void shouldCountAFileThatWasBegunAnewFromItsStart() throws IOException {
    Path file = folder.resolve("a.log");
    LogLines lines = new LogLines(List.of(file));
    append(file, 5);
    lines.look(0);
    Files.delete(file);
    append(file, 2);
    lines.look(seconds(1));
    assertThat(lines.busiestMinute()).isEqualTo(7);
  }

  private static void append(Path file, int lines) throws IOException {
    Files.writeString(
        file, "a line\n".repeat(lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static long seconds(int count) {
    return TimeUnit.SECONDS.toNanos(count);
  }
}
