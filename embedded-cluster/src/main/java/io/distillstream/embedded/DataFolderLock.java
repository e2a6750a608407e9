package io.distillstream.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive claim on a data folder. The operating system holds it, so it ends with the process
 * however that ends, and no stale file can block a restart.
 */
final class DataFolderLock implements AutoCloseable {

  private static final String FILE = ".distillstream.lock";

  private final FileChannel channel;

  private DataFolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Claims the folder, creating it when absent.
   *
   * @throws DataFolderInUseException if another broker holds it
   */
  static DataFolderLock claim(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new DataFolderInUseException(folder);
    }
    return new DataFolderLock(channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  /** Lets the folder go: closing the channel releases its lock. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
