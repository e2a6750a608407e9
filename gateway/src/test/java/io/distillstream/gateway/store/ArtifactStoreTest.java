package io.distillstream.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {

  private static final byte[] BYTES = {1, 2, 3};
  private static final ArtifactRef FILE = file(BYTES);

  @TempDir Path folder;
  private final AtomicInteger fetched = new AtomicInteger();

  @Test
  void shouldFetchAFileOnceAndKeepItOverRestarts() throws Exception {
    ArtifactStore store = ArtifactStore.open(folder);
    assertThat(store.find(FILE.sha256())).isEmpty();

    store.require(FILE, this::fetch);
    store.require(FILE, this::fetch);
    ArtifactStore again = ArtifactStore.open(folder);
    again.require(FILE, this::fetch);

    assertThat(fetched).hasValue(1);
    StoredFile found = again.find(FILE.sha256()).orElseThrow();
    assertThat(found.sizeBytes()).isEqualTo(3);
    assertThat(found.path()).hasBinaryContent(BYTES);
    assertThat(again.bytes()).isEqualTo(3);
  }

  @Test
  void shouldNotKeepBytesOfAnotherDigest() throws Exception {
    ArtifactStore store = ArtifactStore.open(folder);

    assertThatThrownBy(
            () -> store.require(FILE, (file, target) -> Files.write(target, new byte[] {9})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FILE.sha256());
    assertThat(store.find(FILE.sha256())).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void shouldRemoveWhatACrashOrTheDiskLeftDamaged() throws Exception {
    Files.write(folder.resolve(FILE.sha256()), new byte[] {1, 2});
    Files.write(folder.resolve(FILE.sha256() + ".part"), BYTES);

    ArtifactStore store = ArtifactStore.open(folder);

    assertThat(store.find(FILE.sha256())).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void shouldRemoveWhatIsNamedNoLonger() throws Exception {
    byte[] others = {4, 5};
    ArtifactStore store = ArtifactStore.open(folder);
    store.require(FILE, this::fetch);
    store.require(file(others), (file, target) -> Files.write(target, others));

    store.keepOnly(List.of(Sha256.hex(others)));

    assertThat(store.find(FILE.sha256())).isEmpty();
    assertThat(store.find(Sha256.hex(others))).isPresent();
    assertThat(files()).containsExactly(Sha256.hex(others));
  }

  private void fetch(ArtifactRef file, Path target) throws IOException {
    fetched.incrementAndGet();
    Files.write(target, BYTES);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static ArtifactRef file(byte[] bytes) {
    return ArtifactRef.byDigest(bytes.length, Sha256.hex(bytes));
  }
}
