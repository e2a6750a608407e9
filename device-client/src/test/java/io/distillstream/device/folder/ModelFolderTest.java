package io.distillstream.device.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir Path folder;

  @Test
  void shouldRememberWhatItForgotOverRestarts() throws Exception {
    InstalledModel first = new InstalledModel("glosses", "stable", 8, "ab".repeat(32));
    InstalledModel second = new InstalledModel("glosses", "stable", 9, "cd".repeat(32));
    for (InstalledModel model : List.of(first, second)) {
      try (ModelFolder opened = ModelFolder.open(folder)) {
        opened.forget(model);
      }
    }

    try (ModelFolder opened = ModelFolder.open(folder)) {
      assertThat(opened.forgotten()).containsExactlyInAnyOrder(first, second);
    }
  }

  @Test
  void shouldTakeAFolderThatItCannotReadForEmpty() throws Exception {
    Files.write(folder.resolve("installed.avro"), new byte[] {1});
    Files.write(folder.resolve("report-7-INSTALLED-1.avro"), new byte[] {1});
    Files.write(folder.resolve("report-7-INSTALLED-1.json"), new byte[] {'{', '}'});

    try (ModelFolder opened = ModelFolder.open(folder)) {
      assertThat(opened.kept()).isEmpty();
      assertThat(opened.reports().undelivered()).isEmpty();
    }
    assertThat(folder.resolve("installed.avro")).doesNotExist();
    assertThat(folder.resolve("report-7-INSTALLED-1.avro")).doesNotExist();
    assertThat(folder.resolve("report-7-INSTALLED-1.json")).doesNotExist();
  }
}
