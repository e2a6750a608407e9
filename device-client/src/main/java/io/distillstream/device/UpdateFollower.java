package io.distillstream.device;

import io.distillstream.device.transport.ReportSink;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The device's own thread: hands manifests to the {@link Installer} and delivers the reports that
 * wait in the folder. While either end is away it keeps trying; the device answers all the same,
 * and what fails holds up nothing else. Borrows source and sink.
 */
final class UpdateFollower implements Runnable {

  private static final PlatformLog log = PlatformLog.of(UpdateFollower.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final DeviceSettings settings;
  private final UpdateSource updates;
  private final ReportSink reports;
  private final Installer installer;
  private final Supplier<DeviceStatus> status;
  private final Duty manifests;
  private final Duty installation;
  private final Duty delivery;
  private final Duty statuses;
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
    this.status = status;
    String key = settings.updateKey();
    this.manifests = duty("Updates of " + key + " cannot be followed", this::poll);
    this.installation =
        duty("An update of " + key + " cannot be installed", () -> installer.advance(updates));
    this.delivery = duty("Reports of updates cannot be sent", outbox::sendWaiting);
    this.statuses = duty("The device's status cannot be sent", this::sendStatus);
  }

  private static Duty duty(String failure, Duty.Step step) {
    return new Duty(failure, step, System::nanoTime);
  }

  /** Asks the thread to end at its next step. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    boolean stop = stopped.getCount() == 0;
    while (!stop) {
      boolean polled = manifests.attempt();
      installation.attempt();
      delivery.attempt();
      statuses.attempt();
      // A poll that succeeds has waited for manifests itself.
      stop = polled ? stopped.getCount() == 0 : waitToStop(POLL);
    }
  }

  private boolean waitToStop(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void poll() throws IOException {
    for (UpdateManifest update : updates.poll(POLL)) {
      see(update);
    }
  }

  private void sendStatus() throws IOException {
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
