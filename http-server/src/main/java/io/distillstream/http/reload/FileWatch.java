package io.distillstream.http.reload;

import io.distillstream.foundation.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files read again when their bytes change, however they are replaced: Kubernetes and certbot
 * exchange symbolic links. A file that cannot be used is told of once, and what was read before it
 * stays in use. Looks once a second, on a thread of its own.
 */
public final class FileWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
  private static final long PERIOD_MILLIS = 1_000;

  /** Takes over what a file says now. */
  public interface Reading {
    void read() throws InvalidFileException;
  }

  private final ScheduledExecutorService looking;

  /**
   * @param name of the thread
   */
  public FileWatch(String name) {
    looking =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Begins to watch files that have been read, and reads them once more, since they may have
   * changed meanwhile. What could not be read is tried again each time.
   *
   * @param setting that names them, for the log
   * @param reading called on the watch's thread when one of them has changed
   */
  public void watch(String setting, List<Path> files, Reading reading) {
    Watched watched = new Watched(setting, files, reading);
    looking.scheduleWithFixedDelay(
        watched::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }

  private static final class Watched {

    private final String setting;
    private final List<Path> files;
    private final Reading reading;
    private boolean looked;

    /** What was read last, of whole files. */
    private int seen;

    /** What could not be read, and was told of. */
    private int told;

    Watched(String setting, List<Path> files, Reading reading) {
      this.setting = setting;
      this.files = files;
      this.reading = reading;
    }

    void look() {
      int now = fingerprint();
      if (looked && now == seen) {
        return;
      }
      try {
        reading.read();
        seen = now;
        if (looked) {
          log.info("{} has changed and was read again", setting);
        }
      } catch (InvalidFileException e) {
        once(
            now,
            () -> log.warn("{} = {}; what was read before stays in use", setting, e.getMessage()));
      } catch (RuntimeException e) {
        once(now, () -> log.error("{} has changed and could not be read again", setting, e));
      }
      looked = true;
    }

    private void once(int now, Runnable telling) {
      if (now != told) {
        telling.run();
      }
      told = now;
    }

    private int fingerprint() {
      int fingerprint = 1;
      for (Path file : files) {
        int one = 0;
        try {
          one = Arrays.hashCode(Files.readAllBytes(file));
        } catch (IOException e) {
          // Missing is a state, too, which the reading tells of.
        }
        fingerprint = 31 * fingerprint + one;
      }
      return fingerprint;
    }
  }
}
