package io.distillstream.runtime.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {

  private static final Path FOLDER = Path.of("/data");

  private long free = 1_000;
  private boolean readable = true;
  private final List<Boolean> told = new ArrayList<>();
  private final DiskWatch watch = new DiskWatch(FOLDER, 400, this::freeBytes);

  private OptionalLong freeBytes() {
    return readable ? OptionalLong.of(free) : OptionalLong.empty();
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
  void shouldTellClientsWhyAndNothingOfTheMachine() {
    assertThat(watch.shortage()).isEmpty();
    free = 399;
    watch.look();
    assertThat(watch.shortage()).contains("the disk is almost full");
  }

  @Test
  void shouldNameFolderAndBothFiguresAndTheSetting() {
    free = 399;
    watch.look();
    assertThat(watch.space())
        .hasToString("/data has 399 bytes free, 400 are wanted (data.min-free-bytes)");
  }

  @Test
  void shouldTellALateListenerThatThereIsNoRoomAndNobodyAfterwards() {
    free = 0;
    watch.look();
    DiskWatch.Listener listener = told::add;
    watch.listen(listener);
    watch.look();
    assertThat(told).containsExactly(false);

    watch.forget(listener);
    free = 1_000;
    watch.look();
    assertThat(told).hasSize(1);
  }

  @Test
  void shouldTellTheOthersAndGoOnWhereAListenerFails() {
    watch.listen(
        room -> {
          throw new IllegalStateException("not now");
        });
    watch.listen(told::add);
    free = 0;
    watch.look();
    free = 1_000;
    watch.look();
    assertThat(told).containsExactly(false, true);
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
    try (DiskWatch started = DiskWatch.start(missing, 1)) {
      assertThat(started.hasRoom()).isTrue();
      assertThat(started.space().free()).isBetween(1L, Files.getFileStore(folder).getTotalSpace());
    }
    assertThat(missing).doesNotExist();
  }

  @Test
  void shouldReserveNoMoreThanAnEighthOfADisk(@TempDir Path folder) throws IOException {
    long total = Files.getFileStore(folder).getTotalSpace();
    try (DiskWatch greedy = DiskWatch.start(folder, 2 * total)) {
      assertThat(greedy.space().wanted()).isEqualTo(total / 8);
    }
  }

  /** A folder of {@code /proc} stands for any whose file system tells no size. */
  @Test
  void shouldNotWatchWhatTellsNoSize() {
    assumeThat(Path.of("/proc/self")).exists();
    try (DiskWatch started = DiskWatch.start(Path.of("/proc/self"), 1_000)) {
      assertThat(started.hasRoom()).isTrue();
      assertThat(started.space().isExhausted()).isFalse();
    }
  }

  @Test
  void shouldLookAtNothingWithoutAReserve(@TempDir Path folder) {
    try (DiskWatch off = DiskWatch.start(folder, 0)) {
      assertThat(off.space().free()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void shouldBlameALowDiskForAStartThatFailsWithoutSayingSo() {
    RuntimeException foreign = new IllegalStateException("Auf dem Gerät ist kein Speicherplatz");
    assertThatThrownBy(
            () -> DiskFullException.explained("It did not start", watch, thrower(foreign)))
        .isSameAs(foreign);
    free = 399;
    watch.look();
    assertThatThrownBy(
            () -> DiskFullException.explained("It did not start", watch, thrower(foreign)))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining(
            "It did not start (Auf dem Gerät ist kein Speicherplatz): /data has 399");
  }

  private static Supplier<String> thrower(RuntimeException thrown) {
    return () -> {
      throw thrown;
    };
  }

  @Test
  void shouldKnowAFullDiskByWhatFailed() {
    IOException full = new IOException("No space left on device");
    assertThat(DiskFullException.explains(new IllegalStateException("a file", full))).isTrue();
    assertThat(DiskFullException.explains(new IOException("Permission denied"))).isFalse();
  }
}
