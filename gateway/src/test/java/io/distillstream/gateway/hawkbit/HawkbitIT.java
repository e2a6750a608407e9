package io.distillstream.gateway.hawkbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.foundation.Hex;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.gateway.GatewayService;
import io.distillstream.wire.Topics;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * From what is published to what clients of hawkBit's API are told, and from them to the topics.
 */
class HawkbitIT extends HawkbitGateways {

  @Test
  void shouldOfferWhatIsPublishedUntilItIsInstalled() throws Exception {
    DdiClient kiosk = client(start(Map.of()));
    JsonFields poll = kiosk.poll();
    assertThat(poll.object("config").object("polling").text("sleep")).isEqualTo("00:05:00");
    assertThat(poll.object("_links").names()).isEmpty();

    publish(1, "first");
    String deployment = awaitDeployment(kiosk, 1);
    JsonFields action = kiosk.json(deployment);
    assertThat(action.text("id")).isEqualTo("1");
    assertThat(action.object("deployment").text("download")).isEqualTo("forced");
    assertThat(action.object("deployment").text("update")).isEqualTo("forced");
    JsonFields chunk = kiosk.chunk(deployment);
    assertThat(chunk.text("part")).isEqualTo("bApp");
    assertThat(chunk.text("name")).isEqualTo("glosses");
    assertThat(chunk.text("version")).isEqualTo("1");

    assertOk(kiosk.feedback("/deploymentBase/1", "download", "none"));
    assertOk(kiosk.feedback("/deploymentBase/1", "downloaded", "none"));
    assertOk(kiosk.feedback("/deploymentBase/1", "proceeding", "none"));
    assertOk(kiosk.feedback("/deploymentBase/1", "scheduled", "none"));
    assertOk(kiosk.feedback("/deploymentBase/1", "resumed", "none"));
    assertOk(kiosk.feedback("/deploymentBase/1", "rejected", "none"));
    assertThat(reports()).isEmpty();
    assertThat(kiosk.link("deploymentBase")).hasValue(deployment);
    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "success"));
    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "success"));

    assertThat(reports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.getDeviceId()).isEqualTo("kiosk-7");
              assertThat(report.getModel()).isEqualTo("glosses");
              assertThat(report.getChannel()).isEqualTo("stable");
              assertThat(report.getVersion()).isEqualTo(1);
              assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
            });
    assertThat(kiosk.poll().object("_links").names()).isEmpty();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(read(Topics.STAGE_REPORTS))
                    .filteredOn(report -> report.getStage().equals("device"))
                    .extracting(StageReport::getGauges)
                    .contains(Map.of("installed_version", 1.0)));
  }

  @Test
  void shouldGiveOutFilesThatAreWhatTheirDigestsSay() throws Exception {
    publisher.sign(
        update ->
            ModelUpdate.newBuilder(update)
                .setManifest(ByteBuffer.wrap("{\"signed\": 1}".getBytes(UTF_8)))
                .setTargetsMetadata(ByteBuffer.wrap("{\"signed\": {}}".getBytes(UTF_8)))
                .build());
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of()));
    List<JsonFields> files = kiosk.chunk(awaitDeployment(kiosk, 1)).objects("artifacts");

    assertThat(files)
        .extracting(file -> file.text("filename"))
        .containsExactly("1.onnx", "1.manifest.json", "1.targets.json");
    List<String> contents = List.of("first", "{\"signed\": 1}", "{\"signed\": {}}");
    for (int i = 0; i < files.size(); i++) {
      byte[] expected = contents.get(i).getBytes(UTF_8);
      JsonFields file = files.get(i);
      JsonFields hashes = file.object("hashes");
      assertThat(file.wholeNumber("size", 0, 1_000)).isEqualTo(expected.length);
      assertThat(hashes.text("sha256")).isEqualTo(Sha256.hex(expected));
      assertThat(hashes.text("sha1")).isEqualTo(digest("SHA-1", expected));
      assertThat(hashes.text("md5")).isEqualTo(digest("MD5", expected));
      JsonFields links = file.object("_links");
      for (String link : List.of("download", "download-http")) {
        assertThat(kiosk.get(links.object(link).text("href")).body()).isEqualTo(expected);
      }
      for (String link : List.of("md5sum", "md5sum-http")) {
        assertThat(text(kiosk.get(links.object(link).text("href"))))
            .isEqualTo(digest("MD5", expected) + "  " + file.text("filename") + "\n");
      }
    }
    HttpResponse<byte[]> rest =
        kiosk.get("/softwaremodules/1/artifacts/1.onnx", "Range", "bytes=2-");
    assertThat(rest.statusCode()).isEqualTo(206);
    assertThat(text(rest)).isEqualTo("rst");
    assertThat(text(kiosk.get("/softwaremodules/1/artifacts"))).contains("\"1.manifest.json\"");
  }

  @Test
  void shouldGiveOutAnImageFromAnyByteOn() throws Exception {
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of("gateway.hawkbit.format", "swupdate")));
    JsonFields file = kiosk.chunk(awaitDeployment(kiosk, 1)).objects("artifacts").get(0);

    assertThat(file.text("filename")).isEqualTo("1.swu");
    String address = file.object("_links").object("download").text("href");
    byte[] image = kiosk.get(address).body();
    assertThat(image).hasSize((int) file.wholeNumber("size", 0, 100_000));
    assertThat(Sha256.hex(image)).isEqualTo(file.object("hashes").text("sha256"));
    assertThat(new String(image, UTF_8)).contains("first", "\"version\":1");
    int middle = image.length / 2;
    HttpResponse<byte[]> part =
        kiosk.get(address, "Range", "bytes=%d-%d".formatted(middle, middle + 9));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(new String(part.body(), UTF_8)).isEqualTo(new String(image, middle, 10, UTF_8));
    assertThat(kiosk.get(address, "If-None-Match", etag(part)).statusCode()).isEqualTo(304);
    assertThat(kiosk.get(address, "Range", "bytes=%d-".formatted(image.length)).statusCode())
        .isEqualTo(416);
  }

  @Test
  void shouldReportAFailureAndNotOfferItAgain() throws Exception {
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of()));
    awaitDeployment(kiosk, 1);
    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "failure"));

    assertThat(reports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.getEvent()).isEqualTo(DeviceEvent.REJECTED);
              assertThat(report.getReason()).isEqualTo("one thing; another");
              assertThat(report.getEventTimes().getCounts()).isEmpty();
            });
    assertThat(kiosk.poll().object("_links").names()).isEmpty();
    publish(2, "second");
    awaitDeployment(kiosk, 2);
    assertOk(kiosk.feedback("/deploymentBase/2", "canceled", "none"));
    assertThat(kiosk.poll().object("_links").names()).isEmpty();
    assertThat(reports()).hasSize(2);
  }

  @Test
  void shouldCountTheRecordsOfUpdatesThatWereSkipped() throws Exception {
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of()));
    awaitDeployment(kiosk, 1);
    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "success"));
    publish(2, "second");
    publish(3, "third");
    awaitDeployment(kiosk, 3);
    assertOk(kiosk.feedback("/deploymentBase/3", "closed", "success"));

    List<DeviceReport> reports = reports();
    assertThat(reports.get(0).getEventTimes().getCounts())
        .as("received before the device was known")
        .isEmpty();
    assertThat(reports.get(1).getEventTimes().getCounts()).containsExactly(2L, 3L);
  }

  /** As after a roll-back: the newest version has the bytes of the one before the last. */
  @Test
  void shouldHaveAnUpdateGivenUpThatAnotherReplaces() throws Exception {
    publish(1, "first");
    publish(2, "second");
    DdiClient kiosk = client(start(Map.of()));
    kiosk.json(awaitDeployment(kiosk, 2));
    publish(3, "first");
    String cancel = awaitCancellation(kiosk);

    assertThat(cancel).endsWith("/cancelAction/2");
    JsonFields action = kiosk.json(cancel);
    assertThat(action.text("id")).isEqualTo("2");
    assertThat(action.object("cancelAction").text("stopId")).isEqualTo("2");
    assertOk(kiosk.feedback("/cancelAction/2", "rejected", "failure"));
    assertThat(kiosk.link("deploymentBase").orElseThrow()).endsWith("/deploymentBase/2");
    assertOk(kiosk.feedback("/cancelAction/2", "closed", "success"));
    String deployment = kiosk.link("deploymentBase").orElseThrow();
    assertThat(deployment).endsWith("/deploymentBase/3");
    assertThat(kiosk.chunk(deployment).objects("artifacts").get(0).object("hashes").text("sha256"))
        .isEqualTo(Sha256.hex("first".getBytes(UTF_8)));
    assertThat(kiosk.get("/cancelAction/3").statusCode()).isEqualTo(404);
    assertThat(reports()).isEmpty();
  }

  /** SWUpdate calls an update closed with success that it was to give up before it began. */
  @Test
  void shouldNotTakeForInstalledWhatWasToBeGivenUp() throws Exception {
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of()));
    kiosk.json(awaitDeployment(kiosk, 1));
    publish(2, "second");
    kiosk.json(awaitCancellation(kiosk));
    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "success"));
    assertThat(reports()).isEmpty();

    kiosk.json(awaitDeployment(kiosk, 2));
    publish(3, "third");
    kiosk.json(awaitCancellation(kiosk));
    assertOk(kiosk.feedback("/deploymentBase/2", "proceeding", "none"));
    assertOk(kiosk.feedback("/deploymentBase/2", "closed", "success"));
    assertThat(reports())
        .as("of a client that goes on in spite of it")
        .singleElement()
        .extracting(DeviceReport::getVersion)
        .isEqualTo(2L);
  }

  @Test
  void shouldOfferTheSameAtEveryGatewayAndAfterARestart() throws Exception {
    publish(1, "first");
    GatewayService first = start(Map.of());
    DdiClient kiosk = client(first);
    JsonFields chunk = kiosk.chunk(awaitDeployment(kiosk, 1));
    GatewayService second = start(Map.of());
    DdiClient there = client(second);
    JsonFields same = there.chunk(awaitDeployment(there, 1));
    assertThat(same.objects("artifacts"))
        .extracting(file -> file.object("hashes").tree())
        .isEqualTo(
            chunk.objects("artifacts").stream().map(file -> file.object("hashes").tree()).toList());

    assertOk(kiosk.feedback("/deploymentBase/1", "closed", "success"));
    await().atMost(PATIENCE).until(() -> there.link("deploymentBase").isEmpty());
    assertOk(there.feedback("/deploymentBase/1", "closed", "success"));
    assertThat(reports()).as("repeated at another gateway").hasSize(1);

    first.close();
    second.close();
    DdiClient again = client(start(Map.of()));
    assertThat(again.poll().object("_links").names()).isEmpty();
  }

  /** As of a gateway whose clock was five hours ahead until it was corrected. */
  @Test
  void shouldOfferNothingAgainThatWasReportedAfterAClockWentBack() throws Exception {
    publish(1, "first");
    publish(2, "second");
    report(1, Instant.now());
    report(2, Instant.now().minus(Duration.ofHours(5)));

    GatewayService gateway = start(Map.of());
    awaitDeployment(new DdiClient(gateway.address().orElseThrow(), "DEFAULT", "kiosk-8", ""), 2);

    assertThat(client(gateway).poll().object("_links").names()).isEmpty();
  }

  private static String awaitCancellation(DdiClient client) {
    return await()
        .atMost(PATIENCE)
        .until(() -> client.link("cancelAction").orElse(""), link -> !link.isEmpty());
  }

  private static String etag(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("ETag").orElseThrow();
  }

  private static String digest(String algorithm, byte[] content) throws Exception {
    return Hex.encode(MessageDigest.getInstance(algorithm).digest(content));
  }
}
