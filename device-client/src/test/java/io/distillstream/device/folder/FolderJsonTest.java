package io.distillstream.device.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FolderJsonTest {

  @Test
  void shouldReadBackWhatItWrote() {
    InstalledModel installed = new InstalledModel("glosses", "stable", 7, "ab".repeat(32));

    assertThat(FolderJson.readInstalled(FolderJson.write(installed))).isEqualTo(installed);
  }

  @Test
  void shouldReadWhatANewerReleaseWrote() {
    InstalledModel installed =
        FolderJson.readInstalled(
            bytes("{'model':'m','channel':'c','version':3,'sha256':'beef','signed':true}"));

    assertThat(installed).isEqualTo(new InstalledModel("m", "c", 3, "beef"));
  }

  @Test
  void shouldReadBackWhatADeviceSteppedBackFrom() {
    Set<InstalledModel> forgotten =
        Set.of(
            new InstalledModel("glosses", "stable", 7, "ab".repeat(32)),
            new InstalledModel("glosses", "stable", 9, "cd".repeat(32)));

    assertThat(FolderJson.readForgotten(FolderJson.write(forgotten))).isEqualTo(forgotten);
    assertThatThrownBy(() -> FolderJson.readForgotten(bytes("{}")))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("forgotten");
  }

  @Test
  void shouldRefuseWhatLacksAField() {
    assertThatThrownBy(() -> FolderJson.readInstalled(bytes("{'model':'m','channel':'c'}")))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("version");
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
