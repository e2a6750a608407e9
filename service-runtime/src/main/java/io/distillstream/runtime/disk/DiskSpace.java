package io.distillstream.runtime.disk;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The free space of a folder's file system at a moment.
 *
 * @param free bytes that this user may still write
 * @param wanted bytes that should stay free
 */
public record DiskSpace(Path folder, long free, long wanted) {

  /** Less than this part of what is wanted is kept for an orderly end. */
  private static final int LAST_PART = 4;

  /**
   * What can be written to a folder's file system, now; empty if the system does not tell. The
   * folder need not exist yet.
   */
  static OptionalLong usable(Path folder) {
    // Asks for the file system alone. A FileStore takes the table of mounts, in which a folder of a
    // chroot is not found.
    File existing = existing(folder);
    long usable = existing.getUsableSpace();
    return usable == 0 && existing.getTotalSpace() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(usable);
  }

  /** The size of a folder's file system; 0 if the system does not tell. */
  static long total(Path folder) {
    return existing(folder).getTotalSpace();
  }

  private static File existing(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing)) {
      existing = requireNonNull(existing.getParent());
    }
    return existing.toFile();
  }

  /** Whether what stages write is to wait. */
  public boolean isLow() {
    return free < wanted;
  }

  /** A little more than what is wanted, so that not every record written changes the verdict. */
  long ample() {
    return wanted + wanted / LAST_PART;
  }

  /** Whether a broker must be ended now to be ended in good order. */
  public boolean isExhausted() {
    return free < wanted / LAST_PART;
  }

  /** The folder and both figures, as the end of a sentence. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s has %,d bytes free, %,d are wanted (data.min-free-bytes)",
        folder,
        free,
        wanted);
  }
}
