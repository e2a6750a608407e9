package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.Sha256;
import io.distillstream.gateway.channel.Publication;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryReadsTest {

  private static final String METADATA = "/v1/tuf/metadata/";
  private static final String TARGETS = "/v1/tuf/targets/glosses/stable/";
  private static final byte[] ARTIFACT = {1, 2, 3, 4};

  @TempDir private Path folder;
  private ServedReads served;

  @BeforeEach
  void serve() throws Exception {
    served = new ServedReads(folder, Optional.empty());
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp.json", "3.snapshot.json", "1.targets.json", "1.root.x.json"})
  void shouldHaveMetadataAskedForEachTime(String name) throws Exception {
    served.trust.offer(Map.of(name, bytes("before")));

    HttpResponse<byte[]> answer = served.get(METADATA + name);
    assertThat(answer.body()).isEqualTo(bytes("before"));
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    String tag = header(answer, "ETag");
    assertThat(served.get(METADATA + name, "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(served.metrics.metadata).hasValue(1);
  }

  /** Versions begin anew after a key was revoked. */
  @Test
  void shouldTellWhoHasAFileThatAnotherNowHasItsName() throws Exception {
    String name = "1.student-stable.json";
    served.trust.offer(Map.of(name, bytes("by the revoked key")));
    HttpResponse<byte[]> before = served.get(METADATA + name);
    assertThat(header(before, "Cache-Control")).isEqualTo("no-cache");

    served.trust.offer(Map.of(name, bytes("by the new key")));
    HttpResponse<byte[]> after =
        served.get(METADATA + name, "If-None-Match", header(before, "ETag"));
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(after.body()).isEqualTo(bytes("by the new key"));
  }

  @Test
  void shouldHaveRootsKept() throws Exception {
    served.trust.offer(Map.of("2.root.json", bytes("the root")));

    assertThat(header(served.get(METADATA + "2.root.json"), "Cache-Control")).contains("immutable");
  }

  @Test
  void shouldLetNoCacheKeepThatAFileIsMissing() throws Exception {
    served.trust.offer(Map.of());

    HttpResponse<byte[]> missing = served.get(METADATA + "2.root.json");

    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(header(missing, "Cache-Control")).isEqualTo("no-store");
    assertThat(new String(missing.body(), StandardCharsets.UTF_8)).contains("2.root.json");
  }

  @Test
  void shouldAskToWaitUntilTheTopicIsRead() throws Exception {
    HttpResponse<byte[]> early = served.get(METADATA + "timestamp.json");

    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(header(early, "Retry-After")).isEqualTo("1");
  }

  @Test
  void shouldServeTheBytesThatWereSignedEvenWhereThisReleaseWritesOthers() throws Exception {
    byte[] signed = bytes("{\"of\": \"another release\"}");
    served.publish(1, ARTIFACT, signed);

    HttpResponse<byte[]> manifest = served.get(TARGETS + Sha256.hex(signed) + ".latest.json");

    assertThat(manifest.body()).isEqualTo(signed);
    assertThat(header(manifest, "Cache-Control")).contains("immutable");
    assertThat(served.get(TARGETS + Sha256.hex(ARTIFACT) + ".1.onnx").body()).isEqualTo(ARTIFACT);
  }

  @Test
  void shouldServeNoManifestThatNobodySigned() throws Exception {
    Publication unsigned = served.publish(1, ARTIFACT);
    served.channels.complete();

    assertThat(served.get(TARGETS + unsigned.digest() + ".latest.json").statusCode())
        .isEqualTo(404);
  }

  @Test
  void shouldRefuseWhatIsNoReadingAndWhatIsNoTarget() throws Exception {
    served.channels.complete();

    assertThat(served.send("DELETE", METADATA + "timestamp.json").statusCode()).isEqualTo(405);
    assertThat(served.get(TARGETS + "latest.json").statusCode()).isEqualTo(404);
    assertThat(served.get("/v1/tuf/targets/..%2F..%2Fkeys").statusCode()).isBetween(400, 404);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElseThrow();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
