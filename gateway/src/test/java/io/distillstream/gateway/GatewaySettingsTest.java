package io.distillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.gateway.http.DevicePage;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySettingsTest {

  @TempDir Path folder;

  @Test
  void shouldServeLoopbackWithoutAToken() {
    for (String host : List.of("127.0.0.1", "localhost", "::1")) {
      assertThat(read(Map.of("gateway.host", host)).http().access().askForSomething()).isFalse();
    }
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
  void shouldServeOthersWithATokenOrWithKeys() throws Exception {
    String token = file("0123456789abcdef\n");
    String keys = file("one:0123456789abcdef\n");

    for (Map.Entry<String, String> who :
        List.of(Map.entry("gateway.token-file", token), Map.entry("gateway.api-keys", keys))) {
      GatewaySettings settings =
          read(Map.of("gateway.host", "0.0.0.0", who.getKey(), who.getValue()));
      assertThat(settings.http().access().askForSomething()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "0123456789 abcdef", "0123456789abcdeä"})
  void shouldRefuseWhatIsNoToken(String text) throws Exception {
    String file = file(text);

    assertThatThrownBy(() -> read(Map.of("gateway.token-file", file)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("gateway.token-file = '" + file + "'")
        .hasMessageContaining("at least 16");
  }

  @Test
  void shouldNameATokenFileThatIsNotThere() {
    assertThatThrownBy(() -> read(Map.of("gateway.token-file", "nowhere")))
        .isInstanceOf(InvalidSettingsException.class)
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
    return Files.writeString(Files.createTempFile(folder, "token", ""), text).toString();
  }

  private static GatewaySettings read(Map<String, String> values) {
    return GatewaySettings.from(Settings.load(GatewaySettings.all(), values));
  }
}
