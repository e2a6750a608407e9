package io.distillstream.acceptance.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.http.tls.TestAuthority.Issued;
import io.distillstream.local.ForeignProgram;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SWUpdate, of Debian, takes updates from the gateway of a running pipeline by hawkBit's Direct
 * Device Integration API. Skipped unless SWUPDATE_TESTS=true.
 */
class SwupdateIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String ID = "kiosk-7";
  private static final String KEY = "key-of-the-kiosk-7";
  private static final String CANCELLATIONS =
      "distillstream_gateway_hawkbit_cancellations_total{stage=\"gateway\"} ";

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LocalPipeline pipeline;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static Issued signer;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void publishAnUpdate() throws Exception {
    boolean asked = Boolean.parseBoolean(System.getenv("SWUPDATE_TESTS"));
    if (!asked) {
      System.err.println(
          "SKIPPED: SWUpdate, which on a busy machine does not always go on polling; set"
              + " SWUPDATE_TESTS=true where Debian's swupdate is installed");
    }
    assumeThat(asked).as("SWUPDATE_TESTS=true").isTrue();
    ForeignProgram.require("SWUpdate", "Debian's package swupdate", "swupdate", "--version");
    TestAuthority keys = new TestAuthority(folder);
    signer = keys.selfSigned("RSA");
    Path callers = Files.writeString(folder.resolve("callers"), "%s:%s\n".formatted(ID, KEY));
    pipeline =
        SmallPipeline.start(
            folder.resolve("data"),
            Map.of(
                "gateway.api-keys",
                callers.toString(),
                "gateway.hawkbit.tenants",
                "DEFAULT=student/stable",
                "gateway.hawkbit.polling-interval",
                "3s",
                "gateway.hawkbit.format",
                "swupdate",
                "gateway.hawkbit.swupdate-folder",
                device().toString(),
                "gateway.hawkbit.swupdate-certificate",
                signer.certificate().toString(),
                "gateway.hawkbit.swupdate-key",
                signer.key().toString()));
    GlossTraffic.send(pipeline.cluster(), 0, 400);
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  /** What the device's app says to SWUpdate once a model answers, the test says here. */
  @Test
  void shouldInstallALaterVersionInPlaceOfOneThatNobodyConfirmed() throws Exception {
    Client client = Client.start(ID, KEY, signer);
    try {
      await("a version").atMost(PATIENCE).until(() -> onDevice() > 0);
      long unconfirmed = onDevice();
      GlossTraffic.send(pipeline.cluster(), 400, 800);
      await("a later version in place of one that nobody has confirmed")
          .atMost(PATIENCE)
          .until(() -> onDevice() > unconfirmed && cancellations() > 0);
      awaitReport(client);
      // Others may be on their way.
      await().atMost(PATIENCE).untilAsserted(SwupdateIT::assertIsWhatWasPublished);
    } finally {
      client.stop();
    }
    assertThat(reports(ID)).allMatch(report -> report.getEvent() == DeviceEvent.INSTALLED);
    await("the device on the monitor")
        .atMost(PATIENCE)
        .until(
            () ->
                get(requireNonNull(pipeline.addresses().get("page")) + "/api/status", "")
                    .contains("\"" + ID + "\""));
  }

  /** The channel's metadata, which came with the model, names manifest and model. */
  private static void assertIsWhatWasPublished() throws IOException {
    byte[] manifest = Files.readAllBytes(device().resolve("manifest.json"));
    JsonFields targets =
        Json.object(Files.readAllBytes(device().resolve("targets.json")))
            .object("signed")
            .object("targets");
    String model = "student/stable/%d.onnx".formatted(onDevice());
    assertThat(targets.object("student/stable/latest.json").object("hashes").text("sha256"))
        .isEqualTo(Sha256.hex(manifest));
    assertThat(targets.object(model).object("hashes").text("sha256"))
        .isEqualTo(Json.object(manifest).object("artifact").text("sha256"))
        .isEqualTo(Sha256.hex(Files.readAllBytes(device().resolve("model.onnx"))));
  }

  /** The version whose manifest is there; it comes after the model. */
  private static long onDevice() throws IOException {
    Path manifest = device().resolve("manifest.json");
    return Files.exists(manifest)
        ? Json.object(Files.readAllBytes(manifest)).wholeNumber("version", 1, Long.MAX_VALUE)
        : 0;
  }

  /** Each confirmation makes SWUpdate wait anew, so they are further apart than its polls. */
  private static void awaitReport(Client client) {
    await("a report of what was installed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(7))
        .until(
            () -> {
              long installed = onDevice();
              if (!isReported(installed)) {
                client.confirm(installed);
              }
              return isReported(installed);
            });
  }

  private static boolean isReported(long version) {
    return reports(ID).stream().anyMatch(report -> report.getVersion() == version);
  }

  private long cancellations() throws Exception {
    return get(requireNonNull(pipeline.addresses().get("gateway")) + "/metrics", KEY)
        .lines()
        .filter(line -> line.startsWith(CANCELLATIONS))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(CANCELLATIONS.length())))
        .findFirst()
        .orElse(0);
  }

  private String get(String address, String key) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).header("X-API-Key", key).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static List<DeviceReport> reports(String device) {
    Codec<DeviceReport> codec =
        pipeline.context().wire().codec(Topics.DEVICE_REPORTS, pipeline.cluster().pipeline());
    List<DeviceReport> reports = new ArrayList<>();
    try (TopicScan scan = new TopicScan(pipeline.cluster().connection())) {
      scan.read(scan.whole(codec.topic()), record -> reports.add(decoded(codec, record.value())));
    }
    return reports.stream().filter(report -> report.getDeviceId().equals(device)).toList();
  }

  private static DeviceReport decoded(Codec<DeviceReport> codec, byte[] report) {
    try {
      return codec.decode(report);
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  private static Path device() {
    return folder.resolve("device");
  }

  /**
   * SWUpdate as a daemon.
   *
   * @param temporary its folder for sockets and images on their way
   */
  private record Client(Process process, Path temporary) {

    static Client start(String id, String key, Issued trusted) throws IOException {
      Path temporary = Files.createDirectory(folder.resolve("tmp-" + id));
      ProcessBuilder swupdate =
          new ProcessBuilder(
                  "swupdate",
                  "--loglevel",
                  "4",
                  "--key",
                  trusted.certificate().toString(),
                  "--hwrevision",
                  "kiosk:1",
                  "--suricatta",
                  "-t DEFAULT -u %s -i %s -k %s -p 3"
                      .formatted(pipeline.addresses().get("gateway"), id, key))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(id + ".log").toFile());
      swupdate.environment().put("TMPDIR", temporary.toString());
      return new Client(swupdate.start(), temporary);
    }

    /**
     * Says that a version answers; of no effect where SWUpdate is not waiting for it. Where it asks
     * the gateway at the same moment it may leave this without an answer.
     */
    void confirm(long version) throws Exception {
      ForeignProgram.run(
          List.of(
              "timeout",
              "5",
              "env",
              "TMPDIR=" + temporary,
              "swupdate-ipc",
              "sendtohawkbit",
              Long.toString(version),
              "2",
              "success",
              "closed",
              "the model answers"));
    }

    void stop() throws InterruptedException {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroy();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
