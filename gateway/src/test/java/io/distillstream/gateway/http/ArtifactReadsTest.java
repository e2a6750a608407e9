package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.gateway.channel.Publication;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifacts by their digest, over real HTTP. */
@Timeout(30)
class ArtifactReadsTest {

  private static final int SIZE = 1_000_003;

  @TempDir Path folder;
  private final byte[] artifact = new byte[SIZE];
  private ServedReads served;
  private String path;
  private String tag;

  @BeforeEach
  void serve() throws Exception {
    new Random(1).nextBytes(artifact);
    served = new ServedReads(folder, Optional.empty());
    Publication publication = served.publish(1, artifact);
    path = "/v1/artifacts/" + publication.manifest().artifact().sha256();
    tag = '"' + publication.manifest().artifact().sha256() + '"';
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldGiveTheWholeFileForEver() throws Exception {
    HttpResponse<byte[]> answer = served.get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(artifact);
    assertThat(answer.headers().firstValue("ETag")).hasValue(tag);
    assertThat(answer.headers().firstValue("Cache-Control"))
        .hasValue("public, max-age=31536000, immutable");
    assertThat(answer.headers().firstValue("Accept-Ranges")).hasValue("bytes");
    assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=7-, 7, 1000003",
    "bytes=1000002-, 1000002, 1000003",
    "bytes=5-2000000, 5, 1000003",
    "bytes=-3, 1000000, 1000003",
    "bytes=65535-65536, 65535, 65537",
  })
  void shouldGivePartOfTheFile(String range, int from, int to) throws Exception {
    HttpResponse<byte[]> answer = served.get(path, "Range", range, "If-Range", tag);

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(artifact, from, to));
    assertThat(answer.headers().firstValue("Content-Range"))
        .hasValue("bytes %d-%d/%d".formatted(from, to - 1, SIZE));
    assertThat(answer.headers().firstValue("ETag")).hasValue(tag);
  }

  @Test
  void shouldGiveItInManySteps() throws Exception {
    byte[] joined = new byte[SIZE];
    for (int from = 0; from < SIZE; from += 99_991) {
      int to = Math.min(SIZE, from + 99_991);
      byte[] part = served.get(path, "Range", "bytes=%d-%d".formatted(from, to - 1)).body();
      System.arraycopy(part, 0, joined, from, part.length);
    }

    assertThat(joined).isEqualTo(artifact);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=1000003-", "bytes=1000003-1000004", "bytes=-0"})
  void shouldSayThatARangeIsNotInTheFile(String range) throws Exception {
    HttpResponse<byte[]> answer = served.get(path, "Range", range);

    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(answer.headers().firstValue("Content-Range")).hasValue("bytes */" + SIZE);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("1000003 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"bytes=7- | \"another\"", "bytes=0-1,5-6 | ", "lines=1-2 | "})
  void shouldGiveTheWholeFileWhereItCannotGiveAPart(String range, String ifRange) throws Exception {
    HttpResponse<byte[]> answer =
        ifRange == null
            ? served.get(path, "Range", range)
            : served.get(path, "Range", range, "If-Range", ifRange);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(artifact);
  }

  @Test
  void shouldSendNothingToWhoHasIt() throws Exception {
    HttpResponse<byte[]> answer = served.get(path, "If-None-Match", tag);

    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void shouldTellOfAFileWithoutSendingIt() throws Exception {
    HttpResponse<byte[]> answer = served.send("HEAD", path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "..%2fstore", "%2e%2e/x"})
  void shouldGiveNothingElse(String name) throws Exception {
    served.channels.complete();

    assertThat(served.get("/v1/artifacts/" + name).statusCode()).isIn(400, 404);
  }

  @Test
  void shouldAskToComeBackWhileItStarts() throws Exception {
    HttpResponse<byte[]> answer = served.get("/v1/artifacts/" + "0".repeat(64));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
  }
}
