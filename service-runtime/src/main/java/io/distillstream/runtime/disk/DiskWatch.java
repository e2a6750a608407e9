package io.distillstream.runtime.disk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  /** At most this part of a disk is kept as the reserve: a small disk is there to be used, too. */
  private static final int LARGEST_PART = 8;

  /** Told whether there is room now; on the watching thread, which must not be held up. */
  public interface Listener {
    void room(boolean enough);
  }

  private final Path folder;
  private final long reserve;
  private final Supplier<OptionalLong> usable;

  /** With what each was told last; only the watching thread tells, so it is told in order. */
  private final Map<Listener, Boolean> listeners = new ConcurrentHashMap<>();

  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "disk-watch");
  private volatile DiskSpace space;
  private volatile boolean low;
  private boolean unknown;

  /**
   * @param usable bytes that may still be written; empty while nobody can tell
   */
  DiskWatch(Path folder, long reserve, Supplier<OptionalLong> usable) {
    this.folder = folder;
    this.reserve = reserve;
    this.usable = usable;
    this.space = new DiskSpace(folder, Long.MAX_VALUE, reserve);
    look();
  }

  /**
   * Looks, and goes on looking until it is closed. Where the system does not tell the size of the
   * disk, there is nothing to watch and always room; a line says so.
   *
   * @param folder need not exist yet
   * @param reserve bytes that should stay free, of a small disk at most an eighth; 0: nothing is
   *     looked at
   */
  public static DiskWatch start(Path folder, long reserve) {
    if (reserve == 0) {
      return none();
    }
    Path absolute = folder.toAbsolutePath().normalize();
    long total = DiskSpace.total(absolute);
    if (total == 0) {
      log.warn("The size of the disk of {} cannot be told, so its room is not watched", absolute);
      return none();
    }
    DiskWatch watch =
        new DiskWatch(
            absolute, Math.min(reserve, total / LARGEST_PART), () -> DiskSpace.usable(absolute));
    watch.thread.setDaemon(true);
    watch.thread.start();
    return watch;
  }

  /** For whoever writes nothing that could fill a disk: there is always room. */
  public static DiskWatch none() {
    return new DiskWatch(Path.of(""), 0, () -> OptionalLong.of(Long.MAX_VALUE));
  }

  /** Whether there is room for what stages write. */
  public boolean hasRoom() {
    return !low;
  }

  /** The free space a moment ago. */
  public DiskSpace space() {
    return space;
  }

  /** Why there is no room, as a clause that clients may read; empty while there is. */
  public Optional<String> shortage() {
    return low ? Optional.of("the disk is almost full") : Optional.empty();
  }

  /** Tells a listener of every change from now on, and soon where there is no room already. */
  public void listen(Listener listener) {
    listeners.put(listener, true);
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

  /** Called by one thread. */
  void look() {
    OptionalLong free = usable.get();
    if (free.isPresent()) {
      unknown = false;
      judge(new DiskSpace(folder, free.getAsLong(), reserve));
    } else if (!unknown) {
      unknown = true;
      log.warn("The free space of {} cannot be told at present", folder);
    }
    tell();
  }

  private void judge(DiskSpace now) {
    space = now;
    if (!low && now.isLow()) {
      low = true;
      log.warn(
          "The disk is almost full: {}. Traffic is refused until {} are free",
          now,
          String.format(Locale.ROOT, "%,d", now.ample()));
    } else if (low && now.free() >= now.ample()) {
      low = false;
      log.warn("The disk has room again: {}", now);
    }
  }

  private void tell() {
    boolean room = !low;
    listeners.forEach(
        (listener, told) -> {
          if (told != room && listeners.replace(listener, told, room)) {
            try {
              listener.room(room);
            } catch (RuntimeException e) {
              log.error("A stage could not be told of the room on the disk", e);
            }
          }
        });
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
