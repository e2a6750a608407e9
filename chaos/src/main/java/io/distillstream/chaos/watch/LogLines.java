package io.distillstream.chaos.watch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts the lines that files grow by; one that has become shorter was begun anew. */
final class LogLines {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private record Growth(long nanoTime, long lines) {}

  private final List<Path> files;
  private final Map<Path, Long> read = new HashMap<>();
  private final Deque<Growth> lastMinute = new ArrayDeque<>();
  private long inLastMinute;
  private long busiest;

  LogLines(List<Path> files) {
    this.files = files;
  }

  /** Counts what has come since the last look. */
  void look(long nanoTime) {
    long lines = files.stream().mapToLong(this::newLines).sum();
    lastMinute.addLast(new Growth(nanoTime, lines));
    inLastMinute += lines;
    while (nanoTime - lastMinute.getFirst().nanoTime() >= MINUTE) {
      inLastMinute -= lastMinute.removeFirst().lines();
    }
    busiest = Math.max(busiest, inLastMinute);
  }

  /** The most lines of any minute so far. */
  long busiestMinute() {
    return busiest;
  }

  private long newLines(Path path) {
    if (!Files.exists(path)) {
      return 0;
    }
    long lines = 0;
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long from = read.getOrDefault(path, 0L);
      file.seek(from > file.length() ? 0 : from);
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int length = file.read(buffer); length > 0; length = file.read(buffer)) {
        for (int i = 0; i < length; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
      read.put(path, file.getFilePointer());
    } catch (IOException e) {
      // It was renamed at this moment; the next look counts it.
    }
    return lines;
  }
}
