package io.distillstream.runtime.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {

  private static final Path FOLDER = Path.of("/data");

  private long free = 1_000;
  private boolean readable = true;
  private final List<Boolean> told = new ArrayList<>();
  private final DiskWatch watch = new DiskWatch(FOLDER, 400, this::freeBytes);

  private long freeBytes() throws IOException {
    if (!readable) {
      throw new IOException("gone");
    }
    return free;
  }

  @Test
  void shouldTellOnceWhenTheReserveIsReachedAndOnceWhenThereIsAQuarterMore() {
    watch.listen(told::add);
    for (long now : new long[] {400, 399, 300, 400, 499, 500, 400, 399}) {
      free = now;
      watch.look();
      assertThat(watch.hasRoom())
          .as("%d free", now)
          .isEqualTo(told.isEmpty() || told.get(told.size() - 1));
    }
    assertThat(told).containsExactly(false, true, false);
  }

  @Test
  void shouldNameFolderAndBothFigures() {
    assertThat(watch.shortage()).isEmpty();
    free = 399;
    watch.look();
    assertThat(watch.shortage())
        .hasValueSatisfying(
            text -> assertThat(text).contains("/data has 399 bytes free, 400 are wanted"));
  }

  @Test
  void shouldTellAtOnceWhereThereIsNoRoomAlreadyAndNobodyAfterwards() {
    free = 0;
    watch.look();
    DiskWatch.Listener listener = told::add;
    watch.listen(listener);
    assertThat(told).containsExactly(false);

    watch.forget(listener);
    free = 1_000;
    watch.look();
    assertThat(told).hasSize(1);
  }

  @Test
  void shouldKeepItsVerdictWhileTheDiskCannotBeLookedAt() {
    free = 0;
    watch.look();
    readable = false;
    watch.look();
    assertThat(watch.hasRoom()).isFalse();
  }

  @Test
  void shouldCallAQuarterOfTheReserveTheLast() {
    free = 100;
    watch.look();
    assertThat(watch.space().isExhausted()).isFalse();
    free = 99;
    watch.look();
    assertThat(watch.space().isExhausted()).isTrue();
  }

  @Test
  void shouldLookAtTheDiskOfAFolderThatIsNotThereYet(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("data").resolve("kafka");
    long usable = Files.getFileStore(folder).getUsableSpace();
    try (DiskWatch wanting = DiskWatch.start(missing, 2 * usable);
        DiskWatch content = DiskWatch.start(missing, 1)) {
      assertThat(wanting.hasRoom()).isFalse();
      assertThat(wanting.shortage()).isPresent();
      assertThat(content.hasRoom()).isTrue();
    }
    assertThat(missing).doesNotExist();
  }

  @Test
  void shouldKnowAFullDiskByWhatFailed() {
    IOException full = new IOException("No space left on device");
    assertThat(DiskFullException.explains(new IllegalStateException("a file", full))).isTrue();
    assertThat(DiskFullException.explains(new IOException("Permission denied"))).isFalse();
  }
}
