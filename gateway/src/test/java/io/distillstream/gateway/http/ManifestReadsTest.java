package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.gateway.channel.Publication;
import io.distillstream.update.ManifestJson;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests, at once and when there is another one, over real HTTP. */
@Timeout(60)
class ManifestReadsTest {

  private static final String CHANNEL = "/v1/models/glosses/stable/";
  private static final String MANIFEST = CHANNEL + "manifest.json";

  @TempDir Path folder;
  private ServedReads served;

  @BeforeEach
  void serve() throws Exception {
    served = new ServedReads(folder, Optional.empty());
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldGiveTheNewestManifest() throws Exception {
    served.publish(1, new byte[] {1});
    Publication newest = served.publish(2, new byte[] {2});

    HttpResponse<byte[]> answer = served.get(MANIFEST);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ManifestJson.read(answer.body()).version()).isEqualTo(2);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
    assertThat(answer.headers().firstValue("ETag")).hasValue('"' + newest.digest() + '"');
  }

  @Test
  void shouldSendNothingToWhoHasIt() throws Exception {
    served.publish(1, new byte[] {1});
    String tag = served.get(MANIFEST).headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> known = served.get(MANIFEST, "If-None-Match", "\"x\", W/" + tag);
    served.publish(2, new byte[] {2});

    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(known.body()).isEmpty();
    assertThat(served.get(MANIFEST, "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldCompressForWhoCanReadThat() throws Exception {
    Publication newest = served.publish(1, new byte[] {1});

    HttpResponse<byte[]> answer = served.get(MANIFEST, "Accept-Encoding", "br, gzip;q=0.5");

    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(answer.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
        .isEqualTo(newest.document().json());
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    assertThat(tag).isNotEqualTo('"' + newest.digest() + '"');
    assertThat(served.get(MANIFEST, "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(served.get(MANIFEST, "Accept-Encoding", "gzip;q=0").headers().map())
        .doesNotContainKey("content-encoding");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?after=1&wait=30", "?wait=30"})
  void shouldAnswerWhoWaitsWhenThereIsAnotherOne(String query) throws Exception {
    Publication first = served.publish(1, new byte[] {1});
    CompletableFuture<HttpResponse<byte[]>> waiting =
        served
            .client()
            .sendAsync(
                served
                    .request(MANIFEST + query, "If-None-Match", '"' + first.digest() + '"')
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    Awaitility.await().until(() -> served.metrics.waiting.get() == 1);

    served.publish(2, new byte[] {2});

    HttpResponse<byte[]> answer = waiting.get(10, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ManifestJson.read(answer.body()).version()).isEqualTo(2);
    assertThat(served.metrics.waiting).hasValue(0);
  }

  @Test
  void shouldAnswerAtOnceWhereThereIsOneAlready() throws Exception {
    served.publish(2, new byte[] {2});

    assertThat(served.get(MANIFEST + "?after=1&wait=60").statusCode()).isEqualTo(200);
    assertThat(served.get(MANIFEST + "?wait=60").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldSayThatThereIsNoOtherOneWhenTheTimeIsUp() throws Exception {
    Publication only = served.publish(1, new byte[] {1});

    assertThat(served.get(MANIFEST + "?after=1").statusCode()).isEqualTo(204);
    assertThat(served.get(MANIFEST + "?after=1&wait=1").statusCode()).isEqualTo(204);
    assertThat(
            served
                .get(MANIFEST + "?wait=1", "If-None-Match", '"' + only.digest() + '"')
                .statusCode())
        .isEqualTo(304);
  }

  @ParameterizedTest
  @CsvSource({"wait=61, wait", "wait=-1, wait", "wait=long, wait", "after=x, after"})
  void shouldNameTheParameterAtFault(String query, String field) throws Exception {
    served.publish(1, new byte[] {1});

    HttpResponse<byte[]> answer = served.get(MANIFEST + "?" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("\"field\":\"" + field + "\"");
  }

  @Test
  void shouldListChannelsAndTheVersionsOfOne() throws Exception {
    Publication first = served.publish(1, new byte[] {1});
    served.publish(2, new byte[] {2});
    served.channels.complete();

    assertThat(text(served.get("/v1/models")))
        .contains("\"model\":\"glosses\"", "\"channel\":\"stable\"", "\"version\":2")
        .doesNotContain("\"version\":1");
    assertThat(text(served.get(CHANNEL + "versions.json")))
        .containsSubsequence("\"version\":1", "\"version\":2");
    HttpResponse<byte[]> byDigest = served.get(CHANNEL + "manifests/" + first.digest() + ".json");
    assertThat(byDigest.body()).isEqualTo(first.document().json());
    assertThat(byDigest.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
  }

  @Test
  void shouldSayWhatIsNotThere() throws Exception {
    served.publish(1, new byte[] {1});
    assertThat(served.get("/v1/models/glosses/beta/manifest.json").statusCode()).isEqualTo(503);
    served.channels.complete();

    HttpResponse<byte[]> answer = served.get("/v1/models/glosses/beta/manifest.json");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).contains("'beta'", "/v1/models");
    assertThat(served.get(CHANNEL + "manifests/x.json").statusCode()).isEqualTo(404);
    assertThat(served.get(CHANNEL + "other").statusCode()).isEqualTo(404);
    assertThat(served.get("/v1/models/glosses").statusCode()).isEqualTo(404);
    assertThat(served.send("DELETE", MANIFEST).statusCode()).isEqualTo(405);
  }

  @Test
  void shouldAskForItsToken() throws Exception {
    try (ServedReads guarded =
        new ServedReads(folder.resolve("guarded"), Optional.of("0123456789abcdef"))) {
      guarded.publish(1, new byte[] {1});

      assertThat(guarded.get(MANIFEST).statusCode()).isEqualTo(401);
      assertThat(guarded.get(MANIFEST).headers().allValues("WWW-Authenticate").get(0))
          .startsWith("Bearer ");
      assertThat(guarded.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(guarded.get(MANIFEST, "Authorization", "Bearer 0123456789abcdeX").statusCode())
          .isEqualTo(401);
      assertThat(guarded.get(MANIFEST, "Authorization", "Bearer 0123456789abcdef").statusCode())
          .isEqualTo(200);
      assertThat(guarded.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
