package io.distillstream.device;

import io.distillstream.device.transport.DeviceStatus;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.device.transport.UpdateManifest;
import io.distillstream.device.transport.UpdateSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device's own thread: hands manifests to the {@link Installer} and delivers the reports that
 * wait in the folder. While either end is away it keeps trying; the device answers all the same.
 * Borrows source and sink.
 */
final class UpdateFollower implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(UpdateFollower.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BACK_OFF = Duration.ofSeconds(2);

  private final DeviceSettings settings;
  private final UpdateSource updates;
  private final ReportSink reports;
  private final Installer installer;
  private final Outbox outbox;
  private final Supplier<DeviceStatus> status;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private long nextStatus = System.nanoTime();

  UpdateFollower(
      DeviceSettings settings,
      UpdateSource updates,
      ReportSink reports,
      Installer installer,
      Outbox outbox,
      Supplier<DeviceStatus> status) {
    this.settings = settings;
    this.updates = updates;
    this.reports = reports;
    this.installer = installer;
    this.outbox = outbox;
    this.status = status;
  }

  /** Asks the thread to end at its next step. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    boolean stop = stopped.getCount() == 0;
    while (!stop) {
      try {
        step();
        stop = stopped.getCount() == 0;
      } catch (IOException e) {
        stop = backOff(e.toString());
      } catch (RuntimeException e) {
        // Of a transport or a manifest: what comes next must not find a device that has given up.
        log.debug("A step of {} failed", settings.updateKey(), e);
        stop = backOff(e.toString());
      }
    }
  }

  /** Whether the thread is to end. */
  private boolean backOff(String reason) {
    if (stopped.getCount() > 0) {
      log.warn(
          "Updates of {} cannot be followed, next try in {}: {}",
          settings.updateKey(),
          BACK_OFF,
          reason);
    }
    return waitToStop(BACK_OFF);
  }

  private boolean waitToStop(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void step() throws IOException {
    for (UpdateManifest update : updates.poll(POLL)) {
      see(update);
    }
    installer.advance(updates);
    outbox.sendWaiting();
    if (!settings.statusEvery().isZero() && System.nanoTime() - nextStatus >= 0) {
      reports.send(status.get());
      nextStatus = System.nanoTime() + settings.statusEvery().toNanos();
    }
  }

  private void see(UpdateManifest update) {
    try {
      installer.see(update);
    } catch (IllegalArgumentException e) {
      log.warn("Manifest of version {} skipped: {}", update.version(), e.getMessage());
    }
  }
}
