package io.distillstream.device.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FolderJsonTest {

  @Test
  void shouldReadBackWhatItWrote() {
    InstalledModel first = new InstalledModel("glosses", "stable", 6, "cd".repeat(32));
    InstalledModel second = new InstalledModel("glosses", "stable", 7, "ab".repeat(32));
    for (Installed installed : List.of(new Installed(first, null), new Installed(second, first))) {
      assertThat(FolderJson.readInstalled(FolderJson.write(installed))).isEqualTo(installed);
    }
  }

  @Test
  void shouldReadBackHowModelsHaveBehaved() {
    Map<String, Conduct> conducts =
        Map.of("ab".repeat(32), new Conduct(2, false), "cd".repeat(32), new Conduct(0, true));

    assertThat(FolderJson.readConducts(FolderJson.write(conducts))).isEqualTo(conducts);
  }

  @Test
  void shouldReadWhatANewerReleaseWrote() {
    Installed installed =
        FolderJson.readInstalled(
            bytes("{'model':'m','channel':'c','version':3,'sha256':'beef','signed':true}"));

    assertThat(installed).isEqualTo(new Installed(new InstalledModel("m", "c", 3, "beef"), null));
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
