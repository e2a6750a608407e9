package io.distillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/** A small file system in memory that a test can fill. Mounting one takes root's rights. */
public final class SmallDisk implements AutoCloseable {

  private static final int BLOCK = 1 << 20;

  private final Path folder;
  private final FileStore store;
  private final Path filling;

  private SmallDisk(Path folder) throws IOException {
    this.folder = folder;
    this.store = Files.getFileStore(folder);
    this.filling = folder.resolve("filling");
  }

  /** Mounts it at a folder, or skips the test and says so. */
  public static SmallDisk mount(Path folder, long bytes) throws IOException {
    return mount(folder, "size=" + bytes);
  }

  /** Mounts one that nobody may write to, or skips the test and says so. */
  public static SmallDisk mountReadOnly(Path folder) throws IOException {
    return mount(folder, "ro");
  }

  private static SmallDisk mount(Path folder, String options) throws IOException {
    Files.createDirectories(folder);
    int exitCode = run("mount", "-t", "tmpfs", "-o", options, "none", folder.toString());
    if (exitCode != 0) {
      String skipped = "SKIPPED: no file system can be mounted here, so none is full or read-only";
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    return new SmallDisk(folder);
  }

  public Path folder() {
    return folder;
  }

  /** Takes all room but this. */
  public void fill(long leave) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            filling,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (store.getUsableSpace() > leave) {
        block.clear().limit((int) Math.min(BLOCK, store.getUsableSpace() - leave));
        file.write(block);
      }
    }
  }

  /** Takes all of it, whatever others write or delete meanwhile. */
  public void fill() throws IOException {
    try {
      fill(0);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  public void makeRoom() throws IOException {
    Files.deleteIfExists(filling);
  }

  @Override
  public void close() {
    // Lazily: a process that is just being killed may hold files yet.
    assertThat(run("umount", "-l", folder.toString())).as("umount").isZero();
  }

  private static int run(String... command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }
}
