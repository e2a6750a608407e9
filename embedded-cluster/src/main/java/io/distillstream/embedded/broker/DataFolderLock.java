package io.distillstream.embedded.broker;

import io.distillstream.foundation.PrivateFolders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive claim on a data folder. The operating system holds it, so it ends with the process
 * however that ends, and no stale file can block a restart.
 */
final class DataFolderLock implements AutoCloseable {

  private static final String FILE = ".distillstream.lock";

  /**
   * What this process holds. A folder among them must not be tried again: POSIX drops a process's
   * locks on a file as soon as it closes any descriptor of it, so a refused second attempt in the
   * same process would give the first one's lock away to other processes.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private DataFolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Claims the folder, creating it when absent.
   *
   * @throws DataFolderInUseException if another broker holds it
   */
  static DataFolderLock claim(Path wanted) throws IOException {
    PrivateFolders.create(wanted);
    Path folder = wanted.toRealPath();
    if (!HELD_HERE.add(folder)) {
      throw new DataFolderInUseException(wanted);
    }
    try {
      return new DataFolderLock(folder, lockedFile(folder));
    } catch (IOException | RuntimeException refused) {
      HELD_HERE.remove(folder);
      throw refused;
    }
  }

  private static FileChannel lockedFile(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new DataFolderInUseException(folder);
      }
      return channel;
    } catch (IOException | RuntimeException refused) {
      channel.close();
      throw refused;
    }
  }

  /** Lets the folder go: closing the channel releases its lock. */
  @Override
  public void close() throws IOException {
    channel.close();
    HELD_HERE.remove(folder);
  }
}
