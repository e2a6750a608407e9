package io.distillstream.device.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.device.transport.ArrivalCounts;
import io.distillstream.device.transport.UpdateReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FolderJsonTest {

  private static final UpdateReport REJECTED =
      new UpdateReport(
          "d1",
          "glosses",
          "stable",
          7,
          UpdateReport.Outcome.REJECTED,
          "its SHA-256 is \"wrong\"",
          new ArrivalCounts(new TreeMap<>(Map.of(1000L, 2L, 1_700_000_000_000L, 3L))),
          42,
          Instant.parse("2026-03-01T12:00:00.123456Z"));

  @Test
  void shouldReadBackWhatItWrote() throws IOException {
    InstalledModel installed = new InstalledModel("glosses", "stable", 7, "ab".repeat(32));

    assertThat(FolderJson.readReport(FolderJson.write(REJECTED))).isEqualTo(REJECTED);
    assertThat(FolderJson.readInstalled(FolderJson.write(installed))).isEqualTo(installed);
  }

  @Test
  void shouldReadWhatANewerReleaseWrote() throws IOException {
    InstalledModel installed =
        FolderJson.readInstalled(
            bytes("{'model':'m','channel':'c','version':3,'sha256':'beef','signed':true}"));

    assertThat(installed).isEqualTo(new InstalledModel("m", "c", 3, "beef"));
  }

  @Test
  void shouldReadBackWhatADeviceSteppedBackFrom() throws IOException {
    Set<InstalledModel> forgotten =
        Set.of(
            new InstalledModel("glosses", "stable", 7, "ab".repeat(32)),
            new InstalledModel("glosses", "stable", 9, "cd".repeat(32)));

    assertThat(FolderJson.readForgotten(FolderJson.write(forgotten))).isEqualTo(forgotten);
    assertThatThrownBy(() -> FolderJson.readForgotten(bytes("{}")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("forgotten");
  }

  @Test
  void shouldRefuseWhatLacksAField() {
    assertThatThrownBy(() -> FolderJson.readInstalled(bytes("{'model':'m','channel':'c'}")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version");
    assertThatThrownBy(
            () ->
                FolderJson.readReport(
                    bytes(
                        "{'deviceId':'d','model':'m','channel':'c','version':1,'outcome':'LOST',"
                            + "'answersServed':0,'at':'2026-03-01T12:00:00Z'}")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("LOST");
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
