package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand devices that do nothing but listen. */
@Timeout(120)
class ManyDevicesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int DEVICES = 2_000;

  /** Of the server itself, whoever is connected. */
  private static final int SERVER_THREADS = 16;

  @Test
  void shouldTellAllOfThemAndHoldNoThreadForAny(@TempDir Path folder) throws Exception {
    try (ServedReads served = new ServedReads(folder, Optional.empty())) {
      served.publish(1, new byte[] {1});
      try (IdleDevices devices =
          new IdleDevices(served.port(), DEVICES, "/v1/models/glosses/stable/events")) {
        await().atMost(PATIENCE).until(() -> devices.events() == DEVICES);
        assertThat(served.metrics.streams).hasValue(DEVICES);

        for (int version = 2; version <= 5; version++) {
          int all = version * DEVICES;
          served.publish(version, new byte[] {1});
          await().atMost(PATIENCE).until(() -> devices.events() == all);
        }

        assertThat(threads("http-gateway")).isLessThanOrEqualTo(SERVER_THREADS);
        assertThat(threads("gateway-")).isOne();
        assertThat(served.get("/health/live").statusCode()).isEqualTo(200);
      }
      await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 0);
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .count();
  }
}
