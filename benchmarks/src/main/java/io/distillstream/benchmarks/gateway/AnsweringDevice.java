package io.distillstream.benchmarks.gateway;

import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.mqtt.MqttDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A device that follows a gateway with a trusted root and answers all the while. */
final class AnsweringDevice implements AutoCloseable {

  private static final String TEXT = "a small dog that barks at strangers";

  private final DeviceClient device;
  private final ScheduledExecutorService questions =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "questions");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<Long, Long> installedAt = new ConcurrentHashMap<>();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private long version;

  /**
   * @param broker by which it hears of versions; empty for the gateway's events
   */
  AnsweringDevice(URI gateway, Optional<MqttBroker> broker, Path root, Path folder)
      throws IOException {
    DeviceSettings settings =
        DeviceSettings.of(
                "bench",
                PublishedVersions.CHANNEL.model(),
                PublishedVersions.CHANNEL.channel(),
                folder)
            .withTrustedRoot(TrustedRoot.read(root));
    Gateway from = Gateway.at(gateway.toString(), null);
    device =
        broker.isEmpty()
            ? HttpDevice.open(settings, from)
            : MqttDevice.open(settings, from, broker.get(), new MqttTopics(MqttTopics.PREFIX));
    device.listen(
        new DeviceListener() {
          @Override
          public void installed(Installation installation) {
            installedAt.put(installation.version(), System.nanoTime());
          }
        });
    device.start();
  }

  /** When a version began to answer, from {@link System#nanoTime}. */
  long awaitInstalled(long wanted, Duration patience) throws InterruptedException {
    if (!device.awaitVersion(wanted, patience)) {
      throw new IllegalStateException(
          "The device has no version %d after %s".formatted(wanted, patience));
    }
    Long at = installedAt.get(wanted);
    while (at == null) {
      // The listener is told a moment after the version answers.
      Thread.onSpinWait();
      at = installedAt.get(wanted);
    }
    return at;
  }

  /** Begins to ask, at a steady rate whether it is answered or not. */
  void ask(int perSecond) {
    var unused =
        questions.scheduleAtFixedRate(
            this::askOnce, 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
  }

  private void askOnce() {
    asked.incrementAndGet();
    Optional<DeviceAnswer> answer = device.predict(TEXT);
    if (answer.isPresent() && answer.get().version() >= version) {
      version = answer.get().version();
      answered.incrementAndGet();
    }
  }

  /** Asked since {@link #ask}. */
  long asked() {
    return asked.get();
  }

  /** Answered of these, none by a version older than one that had answered before. */
  long answered() {
    return answered.get();
  }

  /** Asks no longer; what was asked is answered. */
  void askNoLonger() throws InterruptedException {
    questions.shutdown();
    boolean unused = questions.awaitTermination(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    questions.shutdownNow();
    device.close();
  }
}
