package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a manifest to the answer and the report, over a transport in memory. */
class DeviceClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path home;
  private final MemoryTransport transport = new MemoryTransport();

  @Test
  void shouldInstallAnswerAndReport() throws Exception {
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.predict("a dog")).isEmpty();

      publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

      assertThat(device.predict("a dog"))
          .hasValueSatisfying(answer -> assertThat(answer.label()).isEqualTo(TestModels.label(1)));
      await().atMost(PATIENCE).until(() -> !transport.reports().isEmpty());
      assertThat(transport.reports())
          .extracting(UpdateReport::deviceId, UpdateReport::version, UpdateReport::outcome)
          .containsExactly(tuple("d1", 1L, UpdateReport.Outcome.INSTALLED));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  transport.statuses().stream()
                      .anyMatch(s -> s.installedVersion() == 1 && s.answersServed() == 1));
    }
    assertThat(transport.timesClosed()).as("once as source, once as sink").isEqualTo(2);
  }

  @Test
  void shouldAnswerAfterARestartWhileItsTransportIsAway() throws Exception {
    publish(4);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(4, PATIENCE)).isTrue();
    }

    transport.away(true);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(4L);
      assertThat(device.installedVersion()).hasValue(4L);

      transport.away(false);
      publish(5);
      assertThat(device.awaitVersion(5, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldStepBackFromAVersionAboveTheHighestWanted() throws Exception {
    publish(1);
    publish(1_000_000_000);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(1_000_000_000, PATIENCE)).isTrue();
    }

    MemoryTransport next = new MemoryTransport();
    try (DeviceClient device = new DeviceClient(settings().withHighestVersion(5), next, next)) {
      assertThat(device.installedVersion()).isEmpty();
      device.start();
      byte[] model = TestModels.model(2);
      next.publish(TestModels.manifest(2, model), model);

      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(device.installedVersion()).hasValue(2L);
    }
    try (DeviceClient device = opened(new MemoryTransport())) {
      assertThat(device.installedVersion()).as("without the limit again").hasValue(2L);
    }
  }

  @Test
  void shouldNotTakeAgainWhatItSteppedBackFrom() throws Exception {
    publish(1_000_000_000);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(1_000_000_000, PATIENCE)).isTrue();
    }
    new DeviceClient(settings().withHighestVersion(5), new MemoryTransport(), transport).close();

    // The topic still holds the forged manifest, and a device reads it from its beginning.
    publish(1_000_000_000);
    publish(2);
    List<Rejection> rejections = new CopyOnWriteArrayList<>();
    try (DeviceClient device = opened(transport)) {
      device.listen(
          new DeviceListener() {
            @Override
            public void rejected(Rejection rejection) {
              rejections.add(rejection);
            }
          });
      device.start();

      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
      assertThat(device.installedVersion()).hasValue(2L);
    }
    assertThat(rejections)
        .containsExactly(new Rejection(1_000_000_000, "this device stepped back from it"));
  }

  @Test
  void shouldGoOnAfterATransportThatThrows() throws Exception {
    transport.failOnce(new IllegalStateException("a bug of a transport"));
    publish(1);
    try (DeviceClient device = opened(transport)) {
      device.start();

      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldSayThatItRunsWhileAnUpdateCannotBeInstalled() throws Exception {
    transport.failFetches();
    publish(1);
    try (DeviceClient device = opened(transport)) {
      device.start();
      await().atMost(PATIENCE).until(() -> transport.failedFetches() > 0);

      int before = transport.statuses().size();
      await().atMost(PATIENCE).until(() -> transport.statuses().size() > before + 1);
    }
  }

  @Test
  void shouldTellTheAppOfAnErrorThatEndsItsThread() throws Exception {
    Error error = new OutOfMemoryError("of a test");
    transport.failOnce(error);
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    try (DeviceClient device = opened(transport)) {
      device.listen(
          new DeviceListener() {
            @Override
            public void stoppedFollowing(Throwable cause) {
              told.complete(cause);
            }
          });
      device.start();

      assertThat(told.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isSameAs(error);
    }
  }

  @Test
  void shouldSendAReportAgainThatWasLost() throws Exception {
    transport.loseReports(2);
    publish(1);
    try (DeviceClient device = opened(transport)) {
      device.start();

      await().atMost(PATIENCE).until(() -> !transport.reports().isEmpty());
    }
    assertThat(transport.reports()).extracting(UpdateReport::version).containsExactly(1L);
  }

  @Test
  void shouldDeliverAReportOverARestart() throws Exception {
    TestFolders.ofOldDevice(settings().folder());
    transport.loseReports(Integer.MAX_VALUE);
    publish(1);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
    MemoryTransport next = new MemoryTransport();
    try (DeviceClient device = opened(next)) {
      device.start();

      await().atMost(PATIENCE).until(() -> !next.reports().isEmpty());
    }
    assertThat(next.reports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.version()).isEqualTo(1);
              assertThat(report.outcome()).isEqualTo(UpdateReport.Outcome.INSTALLED);
              assertThat(report.reason()).isNull();
              assertThat(report.arrivals().byStartMillis().values()).containsExactly(1L);
            });
  }

  @Test
  void shouldCountTheRecordsReceivedSinceItJoinedAlone() throws Exception {
    publish(1);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
    long received = Instant.now().toEpochMilli();
    byte[] model = TestModels.model(2);
    transport.publish(TestModels.manifest(2, model, received), model);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();

      await().atMost(PATIENCE).until(() -> transport.reports().size() == 2);
    }

    assertThat(transport.reports())
        .extracting(report -> report.arrivals().byStartMillis())
        .containsExactly(new TreeMap<>(), new TreeMap<>(Map.of(received, 2L)));
  }

  @Test
  void shouldCloseItsTransportWhereItCannotOpen() throws Exception {
    try (DeviceClient device = opened(transport)) {
      MemoryTransport other = new MemoryTransport();

      assertThatThrownBy(() -> opened(other)).hasMessageContaining("in use");

      assertThat(other.timesClosed()).isEqualTo(2);
      assertThat(device.installedVersion()).isEmpty();
    }
  }

  @Test
  void shouldLetGoOfItsFolderHoweverOftenItIsClosed() throws Exception {
    DeviceClient closed = opened(transport);
    closed.close();
    closed.close();

    Files.writeString(home.resolve("installed.json"), "{}");
    assertThatThrownBy(() -> opened(new MemoryTransport())).isInstanceOf(IOException.class);
    Files.delete(home.resolve("installed.json"));

    try (DeviceClient device = opened(transport)) {
      assertThat(device.installedVersion()).isEmpty();
    }
  }

  /** As where an app moves it to another channel and keeps its folder. */
  @Test
  void shouldNotAnswerWithWhatAnotherChannelInstalled() throws Exception {
    publish(900);
    try (DeviceClient device = opened(transport)) {
      device.start();
      assertThat(device.awaitVersion(900, PATIENCE)).isTrue();
    }
    DeviceSettings canary = DeviceSettings.of("d1", "glosses", "canary", home);
    MemoryTransport other = new MemoryTransport();
    try (DeviceClient device = new DeviceClient(canary, other, other)) {
      assertThat(device.installedVersion()).isEmpty();
      device.start();
      byte[] model = TestModels.model(2);
      other.publish(TestModels.manifest("canary", 2, model, 2_000), model);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
    }
  }

  private DeviceClient opened(MemoryTransport over) throws IOException {
    return new DeviceClient(settings(), over, over);
  }

  private DeviceSettings settings() {
    return DeviceSettings.of("d1", "glosses", "stable", home)
        .withStatusEvery(Duration.ofMillis(100));
  }

  private void publish(long version) {
    byte[] model = TestModels.model(version);
    transport.publish(TestModels.manifest(version, model), model);
  }
}
