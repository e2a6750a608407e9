package io.distillstream.local.deployment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pipeline under traffic that goes on, with a device that has taken an update from its gateway.
 */
final class FedPipeline implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int FIRST = 400;
  private static final int PER_SECOND = 20;

  private final LocalPipeline pipeline;
  private final DeviceClient device;
  private final AtomicInteger sent = new AtomicInteger(FIRST);
  private final ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();

  private FedPipeline(LocalPipeline pipeline, DeviceClient device) {
    this.pipeline = pipeline;
    this.device = device;
  }

  static FedPipeline start(Path folder) throws Exception {
    // Nobody calls the tap, whose metrics are there all the same.
    LocalPipeline pipeline =
        SmallPipeline.start(folder.resolve("data"), Map.of("tap.upstream", "http://127.0.0.1:9"));
    DeviceClient device =
        HttpDevice.open(
            DeviceSettings.of("d1", "student", "stable", folder.resolve("device"))
                .withTrustedRoot(TrustedRoot.read(pipeline.trustedRoot().orElseThrow())),
            Gateway.at(requireNonNull(pipeline.addresses().get("gateway")), null));
    FedPipeline fed = new FedPipeline(pipeline, device);
    GlossTraffic.send(pipeline.cluster(), 0, FIRST);
    var unused = fed.traffic.scheduleAtFixedRate(fed::send, 0, 1, TimeUnit.SECONDS);
    device.start();
    assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    assertThat(device.predict("a small dog")).isPresent();
    return fed;
  }

  private void send() {
    int from = sent.getAndAdd(PER_SECOND);
    GlossTraffic.send(pipeline.cluster(), from, from + PER_SECOND);
  }

  /** A server of the process, whose metrics are those of every stage. */
  URI server() {
    return URI.create(pipeline.teacherUrl());
  }

  @Override
  public void close() throws IOException {
    traffic.shutdown();
    try {
      if (!traffic.awaitTermination(1, TimeUnit.MINUTES)) {
        traffic.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    device.close();
    pipeline.close();
  }
}
