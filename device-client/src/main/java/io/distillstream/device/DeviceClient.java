package io.distillstream.device;

import io.distillstream.device.inference.InferenceException;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.device.trust.TrustedUpdateSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.DeviceStatus;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A device. It answers from the model installed in its folder as soon as it is opened, online or
 * not; once started, it follows the pipeline's updates, installs the newest that it may trust, and
 * reports what became of each.
 *
 * <p>A new model takes over between two answers: those begun on the old one finish there. The
 * answering path takes no lock. Thread-safe. Owns its folder, its source and sink, and two threads.
 */
public final class DeviceClient implements AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(DeviceClient.class);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Incumbent incumbent;
  private final ModelSlot slot;
  private final LongAdder answers = new LongAdder();
  private final List<DeviceListener> listeners = new CopyOnWriteArrayList<>();
  private final Object installs = new Object();
  private final UpdateSource updates;
  private final ReportSink reports;
  private final UpdateFollower follower;
  private final Thread thread;

  /**
   * Opens the device's folder and loads the model installed there, if any; the one before it where
   * that one has ended the process {@link DeviceSettings#crashLimit} times in a row.
   *
   * @param updates transferred to the device, which closes it
   * @param reports transferred to the device, which closes it
   * @throws IOException if the folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   * @throws IllegalArgumentException if there is a trusted root that cannot be used, or that this
   *     transport does not serve
   */
  public DeviceClient(DeviceSettings settings, UpdateSource updates, ReportSink reports)
      throws IOException {
    this.reports = reports;
    Reporter reporter = new Reporter(settings.deviceId(), answers::sum, Clock.systemUTC());
    UpdateSource source = updates;
    Installer installer;
    boolean opened = false;
    try {
      incumbent = Incumbent.open(settings, reporter);
      try {
        source = trusting(settings, updates);
        installer = new Installer(settings, incumbent, reporter, new Announcement());
        opened = true;
      } finally {
        if (!opened) {
          incumbent.close();
        }
      }
    } finally {
      this.updates = source;
      if (!opened) {
        closeTransport();
      }
    }
    slot = incumbent.slot();
    follower =
        new UpdateFollower(
            settings,
            source,
            reports,
            installer,
            new Outbox(incumbent.folder().reports(), reports),
            () -> status(settings.deviceId()));
    thread =
        new Thread(
            () -> {
              installer.tell(incumbent.refused());
              follower.run();
            },
            "device-" + settings.deviceId());
    thread.setUncaughtExceptionHandler(
        (t, e) -> {
          log.error("{} no longer follows updates; it goes on answering", t.getName(), e);
          listeners.forEach(listener -> listener.stoppedFollowing(e));
        });
  }

  /** Begins to follow updates. Call once; their source need not be there yet. */
  public void start() {
    thread.start();
  }

  /**
   * The answer of the model that is installed now.
   *
   * @return empty while the device has no model
   * @throws InferenceException if ONNX Runtime fails
   */
  public Optional<DeviceAnswer> predict(String text) {
    return predictAll(List.of(text)).stream().findFirst();
  }

  /**
   * One answer per text, in their order, all by the same version; each as if asked alone.
   *
   * @return empty while the device has no model
   * @throws InferenceException if ONNX Runtime fails
   */
  public List<DeviceAnswer> predictAll(List<String> texts) {
    LeasedModel model = slot.lease();
    if (model == null) {
      return List.of();
    }
    try {
      OnnxClassifier classifier = model.classifier();
      List<DeviceAnswer> given = new ArrayList<>(texts.size());
      for (String text : texts) {
        given.add(DeviceAnswer.of(classifier.logits(text), classifier.labels(), model.version()));
      }
      answers.add(texts.size());
      return given;
    } finally {
      model.release();
    }
  }

  /** The version that answers now; empty while there is none. */
  public OptionalLong installedVersion() {
    long version = slot.version();
    return version == 0 ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** How many texts this device answered since it was opened. */
  public long answersServed() {
    return answers.sum();
  }

  /** Adds a listener for what comes from now on. */
  public void listen(DeviceListener listener) {
    listeners.add(listener);
  }

  /**
   * Waits until this version or a newer one answers.
   *
   * @return whether it does; false when the time is over
   */
  public boolean awaitVersion(long version, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (installs) {
      while (slot.version() < version) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        installs.wait(left);
      }
      return true;
    }
  }

  /** Stops following and lets go of the model; answers under way finish. Idempotent. */
  @Override
  public void close() throws IOException {
    follower.stop();
    boolean interrupted = false;
    try {
      thread.join(GRACE.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    // It may sit in a download; whatever it interrupts is taken up again at the next start.
    thread.interrupt();
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      closeTransport();
    } finally {
      incumbent.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void closeTransport() {
    try {
      updates.close();
    } finally {
      reports.close();
    }
  }

  /** What the device follows. */
  private static UpdateSource trusting(DeviceSettings settings, UpdateSource updates)
      throws IOException {
    TrustedRoot root = settings.trustedRoot();
    return root == null
        ? updates
        : TrustedUpdateSource.open(
            updates, settings.model(), settings.channel(), root, settings.folder());
  }

  private DeviceStatus status(String deviceId) {
    return new DeviceStatus(deviceId, Instant.now(), answers.sum(), slot.version());
  }

  /** Wakes those who wait for a version, then tells the listeners. */
  private final class Announcement implements DeviceListener {

    @Override
    public void installed(Installation installation) {
      synchronized (installs) {
        installs.notifyAll();
      }
      listeners.forEach(listener -> listener.installed(installation));
    }

    @Override
    public void rejected(Rejection rejection) {
      listeners.forEach(listener -> listener.rejected(rejection));
    }
  }
}
