package io.distillstream.chaos.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file system of its own, in memory and of a fixed size, at a stage's data folder. It is mounted
 * while this is open, which takes the right to mount.
 */
public final class LimitedDisk implements AutoCloseable {
  private static final String BALLAST = "ballast";
  private static final String LOGS = "logs";
  private static final int PIECE_BYTES = 1 << 20;

  private final Path folder;

  /**
   * Mounts it.
   *
   * @param folder is there and empty
   */
  LimitedDisk(Path folder, int mib) throws IOException {
    this.folder = folder;
    mount(folder, mib);
  }

  private static void mount(Path folder, int mib) throws IOException {
    run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + mib + "m", "none", folder.toString());
  }

  /** Why this process may not mount; empty if it may. */
  public static Optional<String> impossible() {
    try {
      Path folder = Files.createTempDirectory("distillstream-mount-");
      try {
        mount(folder, 1);
        run("umount", folder.toString());
      } finally {
        Files.delete(folder);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("this process may not mount a small disk (" + e.getMessage() + ")");
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(output);
    }
  }

  /** Leaves no byte of room. */
  public void fill() {
    byte[] piece = new byte[PIECE_BYTES];
    for (int size : new int[] {PIECE_BYTES, 1}) {
      try (OutputStream ballast =
          Files.newOutputStream(
              folder.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          ballast.write(piece, 0, size);
        }
      } catch (IOException e) {
        // Full; what is written in smaller pieces may still find room.
      }
    }
  }

  /** Gives the room back. */
  public void free() {
    try {
      Files.deleteIfExists(folder.resolve(BALLAST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmounts it. Its logs stay in the folder, everything else is gone. */
  @Override
  public void close() throws IOException {
    Path logs = folder.resolve(LOGS);
    Path kept = folder.resolveSibling(folder.getFileName() + "-" + LOGS);
    if (Files.exists(logs)) {
      run("cp", "-r", logs.toString(), kept.toString());
    }
    run("umount", folder.toString());
    if (Files.exists(kept)) {
      Files.move(kept, logs);
    }
  }
}
