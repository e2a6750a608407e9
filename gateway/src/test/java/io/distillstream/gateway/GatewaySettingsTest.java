package io.distillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.gateway.http.DevicePage;
import io.distillstream.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySettingsTest {

  @TempDir Path folder;

  @Test
  void shouldServeLoopbackWithoutAToken() {
    assertThat(read(Map.of()).token()).isEmpty();
    assertThat(read(Map.of("gateway.host", "localhost")).token()).isEmpty();
    assertThat(read(Map.of("gateway.host", "::1")).token()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void shouldRefuseToServeOthersWithoutAToken(String host) {
    assertThatThrownBy(() -> read(Map.of("gateway.host", host)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gateway.host = '" + host + "'")
        .hasMessageContaining("gateway.token-file");
  }

  @Test
  void shouldReadTheTokenOfItsFile() throws Exception {
    String file = file("0123456789abcdef\n");

    assertThat(read(Map.of("gateway.host", "0.0.0.0", "gateway.token-file", file)).token())
        .hasValue("0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "0123456789 abcdef", "0123456789abcdeä"})
  void shouldRefuseWhatIsNoToken(String text) throws Exception {
    String file = file(text);

    assertThatThrownBy(() -> read(Map.of("gateway.token-file", file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gateway.token-file = '" + file + "'")
        .hasMessageContaining("at least 16");
  }

  @Test
  void shouldNameATokenFileThatIsNotThere() {
    assertThatThrownBy(() -> read(Map.of("gateway.token-file", "nowhere")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gateway.token-file = 'nowhere' cannot be read");
  }

  @Test
  void shouldTakeAFolderThatHasTheRuntimeForBrowsers() throws Exception {
    assertThat(read(Map.of()).browserRuntime()).isEmpty();
    assertThatThrownBy(() -> read(Map.of("gateway.browser-runtime", folder.toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gateway.browser-runtime = '" + folder + "' has no file")
        .hasMessageContaining("onnxruntime-web");

    for (String file : DevicePage.RUNTIME_FILES) {
      Files.createFile(folder.resolve(file));
    }
    assertThat(read(Map.of("gateway.browser-runtime", folder.toString())).browserRuntime())
        .hasValue(folder);
  }

  private String file(String text) throws Exception {
    return Files.writeString(folder.resolve("token"), text).toString();
  }

  private static GatewaySettings read(Map<String, String> values) {
    return GatewaySettings.from(Settings.load(GatewaySettings.all(), values));
  }
}
