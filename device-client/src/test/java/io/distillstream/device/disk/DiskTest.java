package io.distillstream.device.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {

  @TempDir Path real;
  private Disk disk;
  private Path old;
  private Path fresh;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(real.resolve("old"), "OO");
    disk = new Disk(real);
    old = disk.folder().resolve("old");
    fresh = disk.folder().resolve("fresh");
  }

  @Test
  void shouldLoseWhatWasNotForced() throws IOException {
    Files.writeString(fresh, "FF");

    assertThat(disk.steps()).containsExactly("create fresh", "write fresh");
    assertThat(left())
        .containsExactlyInAnyOrder(
            "old=OO", "fresh= old=OO", "fresh=F old=OO", "fresh=\0\0 old=OO", "fresh=FF old=OO");
  }

  @Test
  void shouldLoseARenamingOfAFileThatWasForced() throws IOException {
    AtomicFiles.replace(fresh, new byte[] {'F'});
    disk = new Disk(real);
    Files.move(
        disk.folder().resolve("fresh"),
        disk.folder().resolve("old"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(left()).containsExactlyInAnyOrder("fresh=F old=OO", "old=F");
  }

  @Test
  void shouldCarryOutStepsInAnotherOrder() throws IOException {
    Files.createFile(fresh);
    Files.delete(old);

    assertThat(left()).containsExactlyInAnyOrder("old=OO", "fresh= old=OO", "fresh=", "");
  }

  @Test
  void shouldKeepWhatWasForced() throws IOException {
    AtomicFiles.replace(old, new byte[] {'N'});

    assertThat(left()).contains("old=OO", "old=N").allMatch(state -> state.contains("old="));
    assertThat(new Disk(real).states()).extracting(DiskState::files).hasSize(1);
    assertThat(disk.steps())
        .containsExactly(
            "create old.part",
            "write old.part",
            "force old.part",
            "move old.part to old",
            "force the folder");
  }

  @Test
  void shouldRefuseWhatItDoesNotWatch() throws IOException {
    assertThatThrownBy(() -> Files.createDirectory(disk.folder().resolve("below")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> disk.folder().toFile())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private Set<String> left() {
    return disk.states().stream()
        .map(
            state ->
                state.files().entrySet().stream()
                    .map(file -> file.getKey() + "=" + new String(file.getValue(), US_ASCII))
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.toSet());
  }
}
