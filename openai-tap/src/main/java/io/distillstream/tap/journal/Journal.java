package io.distillstream.tap.journal;

import io.distillstream.avro.Completion;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/**
 * Completions in files, each a container file of Avro's, which names its schema. They are appended
 * to the newest file, and taken a file at a time, the oldest first; a file that is being read is
 * written no longer. What was there before the process began is taken first. Thread-safe.
 */
public final class Journal implements Closeable {

  private static final String SUFFIX = ".avro";
  private static final long FILE_BYTES = 4 << 20;

  /** Of a block around a completion. */
  private static final int BLOCK_BYTES = 32;

  /** When what was appended is forced to the disk, beyond which a power cut does not reach. */
  public enum Sync {
    /** Each completion. */
    COMPLETION,
    /** Each file, when it is written no longer. */
    FILE,
    /** When the system sees fit. */
    NEVER
  }

  private record Segment(Path file, long bytes) {}

  private final Path folder;
  private final long mostBytes;
  private final Sync sync;
  private final Deque<Segment> closed = new ArrayDeque<>();
  private long closedBytes;
  private long next;
  private @Nullable DataFileWriter<Completion> writer;
  private @Nullable Path written;
  private long writtenBytes;
  private @Nullable Segment taken;
  private boolean ended;

  private Journal(Path folder, long mostBytes, Sync sync) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.sync = sync;
  }

  /**
   * Opens a journal in a folder, which nobody else may use.
   *
   * @param mostBytes beyond which nothing is appended
   */
  public static Journal open(Path folder, long mostBytes, Sync sync) throws IOException {
    Journal journal = new Journal(folder, mostBytes, sync);
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> left = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
      for (Path file : left) {
        journal.add(file, Files.size(file));
        String name = file.getFileName().toString();
        journal.next = Long.parseLong(name.substring(0, name.length() - SUFFIX.length())) + 1;
      }
    }
    return journal;
  }

  /** The bytes of all that is not taken away yet. */
  public synchronized long bytes() {
    return closedBytes + writtenBytes;
  }

  /**
   * Appends a completion; when this returns, the end of the process does not undo it.
   *
   * @param encoded by its schema
   * @return false where there is no room
   * @throws IOException if it cannot be written; another one may be
   */
  public synchronized boolean append(ByteBuffer encoded) throws IOException {
    int size = encoded.remaining() + BLOCK_BYTES;
    if (ended || bytes() + size > mostBytes) {
      return false;
    }
    DataFileWriter<Completion> file = writer;
    if (file == null) {
      file = begin();
    }
    boolean appended = false;
    try {
      file.appendEncoded(encoded);
      file.flush();
      if (sync == Sync.COMPLETION) {
        file.fSync();
      }
      appended = true;
    } finally {
      if (!appended) {
        // What is left of it may be no completion, so that nothing may follow.
        finish(false);
      }
    }
    writtenBytes += size;
    if (writtenBytes >= FILE_BYTES) {
      finish(sync != Sync.NEVER);
    }
    notifyAll();
    return true;
  }

  /**
   * Takes the oldest file, which is there until it is removed; one is taken at a time.
   *
   * @param patience how long to wait for one
   */
  synchronized Optional<Path> take(Duration patience) throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (closed.isEmpty() && writer == null) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0 || ended) {
        return Optional.empty();
      }
      wait(left);
    }
    if (closed.isEmpty()) {
      finish(sync != Sync.NEVER);
    }
    Segment segment = closed.remove();
    taken = segment;
    return Optional.of(segment.file);
  }

  /** Deletes the file that was taken. */
  synchronized void remove() throws IOException {
    Segment segment = taken;
    if (segment != null) {
      taken = null;
      closedBytes -= segment.bytes;
      Files.deleteIfExists(segment.file);
    }
  }

  /** Keeps the file that was taken aside, since something in it cannot be read. */
  synchronized void setAside() throws IOException {
    Segment segment = taken;
    if (segment != null) {
      taken = null;
      closedBytes -= segment.bytes;
      Files.move(
          segment.file, segment.file.resolveSibling(segment.file.getFileName() + ".damaged"));
    }
  }

  private DataFileWriter<Completion> begin() throws IOException {
    Path file = folder.resolve("%020d%s".formatted(next++, SUFFIX));
    DataFileWriter<Completion> opened =
        new DataFileWriter<>(new SpecificDatumWriter<>(Completion.class));
    opened.create(Completion.getClassSchema(), file.toFile());
    opened.flush();
    writer = opened;
    written = file;
    writtenBytes = Files.size(file);
    return opened;
  }

  private void finish(boolean force) throws IOException {
    DataFileWriter<Completion> file = writer;
    Path path = written;
    if (file == null || path == null) {
      return;
    }
    writer = null;
    written = null;
    add(path, writtenBytes);
    writtenBytes = 0;
    try (file) {
      if (force) {
        file.fSync();
      }
    }
  }

  private void add(Path file, long bytes) {
    closed.add(new Segment(file, bytes));
    closedBytes += bytes;
  }

  /** What is in it stays for whoever opens it next. */
  @Override
  public synchronized void close() throws IOException {
    ended = true;
    finish(sync != Sync.NEVER);
    notifyAll();
  }
}
