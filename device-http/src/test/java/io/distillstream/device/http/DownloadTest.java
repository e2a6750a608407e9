package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.Pauses;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A download over connections that end wherever they like. */
@Timeout(120)
class DownloadTest {

  private final byte[] bytes = new byte[700];
  private ArtifactRef file;
  @TempDir Path folder;
  private FileServer server;

  @BeforeEach
  void serve() throws Exception {
    new Random(1).nextBytes(bytes);
    file = ArtifactRef.byDigest(bytes.length, Sha256.hex(bytes));
    server = new FileServer(bytes, file.sha256());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void shouldGoOnAfterACutAtAnyByte() throws Exception {
    int whole = server.answerBytes();
    assertThat(whole).isGreaterThan(bytes.length);
    for (int cut = 0; cut < whole; cut++) {
      server.cutNext(cut);
      Path target = fetch(file);

      assertThat(target).as("cut after %d bytes", cut).hasBinaryContent(bytes);
    }
  }

  @Test
  void shouldFetchNoByteTwiceWhereItIsCutAgainAndAgain() throws Exception {
    int head = server.answerBytes() - bytes.length;
    for (int i = 0; i < 10; i++) {
      // The head of a part is longer, so that less of the file follows it.
      server.cutNext(head + 100);
    }

    assertThat(fetch(file)).hasBinaryContent(bytes);
    assertThat(server.requests()).isEqualTo(11);
    assertThat(server.ranges()).isEqualTo(10);
  }

  @Test
  void shouldGiveUpWhereNothingComes() throws Exception {
    for (int i = 0; i < 100; i++) {
      server.cutNext(0);
    }

    assertThatThrownBy(() -> fetch(file)).isInstanceOf(IOException.class);
  }

  @Test
  void shouldBeginAgainWhereTheServerHasAnotherFileMeanwhile() throws Exception {
    server.cutNext(server.answerBytes() - 100);
    server.ignoreRanges();

    assertThat(fetch(file)).hasBinaryContent(bytes);
  }

  @Test
  void shouldRefuseBytesOfAnotherDigest() {
    ArtifactRef other = new ArtifactRef(file.sha256(), bytes.length, "ab".repeat(32));
    server.answerTo(other.sha256());

    assertThatThrownBy(() -> fetch(other))
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void shouldStopReadingAFileThatIsLongerThanItShouldBe() {
    ArtifactRef shorter = ArtifactRef.byDigest(100, file.sha256());

    assertThatThrownBy(() -> fetch(shorter))
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining("100");
  }

  private Path fetch(ArtifactRef wanted) throws IOException, DamagedArtifactException {
    Path target = folder.resolve("file");
    Pauses pauses = new Pauses(Duration.ofMillis(2), Duration.ofMillis(4));
    new Download(Gateway.at(server.url(), null), wanted, target, pauses).run();
    return target;
  }
}
