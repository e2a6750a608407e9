package io.distillstream.gateway.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.gateway.channel.Document;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrustFilesTest {

  private final AtomicLong now = new AtomicLong();
  private final TrustFiles files = new TrustFiles(now::get);

  @Test
  void shouldKeepWhatIsReplacedAsLongAsAClientMayBeUnderWay() {
    files.offer(state(1));
    files.offer(state(2));

    assertThat(content("timestamp.json")).isEqualTo("timestamp 2");
    assertThat(content("1.snapshot.json")).isEqualTo("snapshot 1");
    assertThat(content("2.snapshot.json")).isEqualTo("snapshot 2");

    now.addAndGet(TrustFiles.GRACE.toNanos() + 1);
    files.offer(state(2));
    assertThat(files.find("1.snapshot.json")).isEmpty();
    assertThat(content("2.snapshot.json")).isEqualTo("snapshot 2");
  }

  @Test
  void shouldServeTheNewContentOfANameAtOnce() {
    files.offer(Map.of("1.snapshot.json", bytes("of a thief")));
    files.offer(Map.of("1.snapshot.json", bytes("of the signer")));

    assertThat(content("1.snapshot.json")).isEqualTo("of the signer");
  }

  @Test
  void shouldForgetTheOldestWhereManyAreReplaced() {
    for (int version = 1; version <= TrustFiles.MOST_REPLACED + 100; version++) {
      files.offer(Map.of(version + ".snapshot.json", bytes("snapshot " + version)));
    }

    assertThat(files.find("1.snapshot.json")).isEmpty();
    assertThat(content(TrustFiles.MOST_REPLACED + ".snapshot.json"))
        .isEqualTo("snapshot " + TrustFiles.MOST_REPLACED);
  }

  @Test
  void shouldSayWhetherTheTopicWasRead() {
    assertThat(files.isComplete()).isFalse();

    files.offer(Map.of());

    assertThat(files.isComplete()).isTrue();
  }

  private String content(String name) {
    return new String(files.find(name).map(Document::json).orElseThrow(), StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> state(int version) {
    Map<String, byte[]> state = new HashMap<>();
    state.put("1.root.json", bytes("root"));
    state.put("timestamp.json", bytes("timestamp " + version));
    state.put(version + ".snapshot.json", bytes("snapshot " + version));
    return state;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
