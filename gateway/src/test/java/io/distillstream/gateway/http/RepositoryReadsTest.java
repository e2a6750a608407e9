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

  @Test
  void shouldServeMetadataThatMovesAndMetadataThatLasts() throws Exception {
    served.trust.offer(
        Map.of("timestamp.json", bytes("the time"), "3.snapshot.json", bytes("the snapshot")));

    HttpResponse<byte[]> timestamp = served.get(METADATA + "timestamp.json");
    assertThat(timestamp.body()).isEqualTo(bytes("the time"));
    assertThat(header(timestamp, "Cache-Control")).isEqualTo("no-cache");
    String tag = header(timestamp, "ETag");
    assertThat(served.get(METADATA + "timestamp.json", "If-None-Match", tag).statusCode())
        .isEqualTo(304);
    HttpResponse<byte[]> snapshot = served.get(METADATA + "3.snapshot.json");
    assertThat(snapshot.body()).isEqualTo(bytes("the snapshot"));
    assertThat(header(snapshot, "Cache-Control")).contains("immutable");
    assertThat(served.metrics.metadata).hasValue(2);
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
