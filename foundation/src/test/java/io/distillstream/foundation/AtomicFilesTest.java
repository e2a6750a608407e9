package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir private Path folder;

  @Test
  void shouldReplaceAFileAndLeaveNothingBesideIt() throws Exception {
    Path file = folder.resolve("note");
    AtomicFiles.replace(file, new byte[] {1, 2, 3});
    // A crash left this.
    Files.write(folder.resolve("note.part"), new byte[100]);
    AtomicFiles.replace(file, new byte[] {4});

    assertThat(file).hasBinaryContent(new byte[] {4});
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void shouldKeepWhatWasThereWhereItCannotWrite() throws Exception {
    Path file = folder.resolve("note");
    AtomicFiles.replace(file, new byte[] {1});
    Files.createDirectory(folder.resolve("note.part"));

    assertThatThrownBy(() -> AtomicFiles.replace(file, new byte[] {2}))
        .isInstanceOf(IOException.class);
    assertThat(file).hasBinaryContent(new byte[] {1});
  }
}
