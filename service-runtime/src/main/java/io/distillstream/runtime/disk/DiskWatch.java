package io.distillstream.runtime.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the free space of the file system that a data folder lies on, on a thread of its own.
 *
 * <p>Below a reserve there is no room: stages take and write nothing more until somebody makes
 * some. What is left of the reserve then keeps the embedded broker alive, whose log does not
 * survive a failed write: a log folder that met a full disk stays offline until the broker is
 * started anew. Thread-safe.
 */
public final class DiskWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

  /** What a fast writer fills in the meantime must be well below any sensible reserve. */
  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Bytes free of a store, now. */
  interface FreeBytes {
    long get() throws IOException;
  }

  /** Told whether there is room now; on the watching thread, which must not be held up. */
  public interface Listener {
    void room(boolean enough);
  }

  private final Path folder;
  private final long reserve;
  private final FreeBytes store;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "disk-watch");
  private volatile DiskSpace space;
  private volatile boolean low;

  DiskWatch(Path folder, long reserve, FreeBytes store) {
    this.folder = folder;
    this.reserve = reserve;
    this.store = store;
    this.space = new DiskSpace(folder, Long.MAX_VALUE, reserve);
    look();
  }

  /**
   * Looks, and goes on looking until it is closed.
   *
   * @param folder need not exist yet
   * @param reserve bytes that should stay free
   */
  public static DiskWatch start(Path folder, long reserve) {
    // Looked up once: every look-up reads the table of mounts.
    Path absolute = folder.toAbsolutePath().normalize();
    FileStore store;
    try {
      store = DiskSpace.store(absolute);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look at the file system of " + folder, e);
    }
    DiskWatch watch = new DiskWatch(absolute, reserve, store::getUsableSpace);
    watch.thread.setDaemon(true);
    watch.thread.start();
    return watch;
  }

  /** For whoever writes nothing that could fill a disk: there is always room. */
  public static DiskWatch none() {
    return new DiskWatch(Path.of(""), 0, () -> Long.MAX_VALUE);
  }

  /** Whether there is room for what stages write. */
  public boolean hasRoom() {
    return !low;
  }

  /** The free space a moment ago. */
  public DiskSpace space() {
    return space;
  }

  /** Why there is no room, as a clause; empty while there is. */
  public Optional<String> shortage() {
    return low ? Optional.of("the disk is almost full: " + space) : Optional.empty();
  }

  /** Tells a listener of every change, and at once where there is no room already. */
  public void listen(Listener listener) {
    listeners.add(listener);
    if (low) {
      listener.room(false);
    }
  }

  public void forget(Listener listener) {
    listeners.remove(listener);
  }

  private void run() {
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      log.debug("The disk is not watched any more", e);
    }
  }

  synchronized void look() {
    DiskSpace now = measured();
    if (now == null) {
      return;
    }
    space = now;
    if (!low && now.isLow()) {
      change(true);
      log.warn("The disk is almost full: {}. Traffic is refused until there is room", now);
    } else if (low && now.isAmple()) {
      change(false);
      log.warn("The disk has room again: {}", now);
    }
  }

  private void change(boolean toLow) {
    low = toLow;
    listeners.forEach(listener -> listener.room(!toLow));
  }

  private @Nullable DiskSpace measured() {
    try {
      return new DiskSpace(folder, store.get(), reserve);
    } catch (IOException e) {
      log.warn("The free space of {} is unknown: {}", folder, e.toString());
      return null;
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
