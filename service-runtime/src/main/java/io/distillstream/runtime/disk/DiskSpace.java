package io.distillstream.runtime.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The free space of a folder's file system at a moment.
 *
 * @param free bytes that this user may still write
 * @param wanted bytes that should stay free
 */
public record DiskSpace(Path folder, long free, long wanted) {

  /** Less than this part of what is wanted is kept for an orderly end. */
  private static final int LAST_PART = 4;

  /** Looks at a folder that need not exist yet. */
  public static DiskSpace of(Path folder, long wanted) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      return new DiskSpace(absolute, store(absolute).getUsableSpace(), wanted);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look at the file system of " + folder, e);
    }
  }

  /** The file system that a folder lies on, or will. */
  static FileStore store(Path folder) throws IOException {
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = requireNonNull(existing.getParent());
    }
    return Files.getFileStore(existing);
  }

  /** Whether what stages write is to wait. */
  public boolean isLow() {
    return free < wanted;
  }

  /** A little more than what is wanted, so that not every record written changes the verdict. */
  boolean isAmple() {
    return free >= wanted + wanted / LAST_PART;
  }

  /** Whether a broker must be ended now to be ended in good order. */
  public boolean isExhausted() {
    return free < wanted / LAST_PART;
  }

  /** The folder and both figures, as the end of a sentence. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s has %,d bytes free, %,d are wanted", folder, free, wanted);
  }
}
