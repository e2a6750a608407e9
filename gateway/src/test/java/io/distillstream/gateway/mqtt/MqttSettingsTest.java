package io.distillstream.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MqttSettingsTest {

  @TempDir private Path folder;

  @Test
  void shouldKnowNoBrokerUnlessOneIsNamed() {
    assertThat(read(Map.of())).isEmpty();
    assertThat(read(Map.of("url", "tcp://127.0.0.1:1883")))
        .hasValueSatisfying(
            endpoint -> {
              assertThat(endpoint.broker()).hasToString("tcp://127.0.0.1:1883");
              assertThat(endpoint.broker().isEncrypted()).isFalse();
              assertThat(endpoint.topics().allReports()).isEqualTo("distillstream/reports/+");
            });
  }

  @Test
  void shouldReadThePasswordOfAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "of-the-gateway\n");
    Optional<MqttEndpoint> endpoint =
        read(
            Map.of(
                "url", "ssl://mqtt.example.org", "user", "gw", "password-file", file.toString()));
    assertThat(endpoint.orElseThrow().broker().hasPassword()).isTrue();
    assertThat(endpoint.toString()).doesNotContain("of-the-gateway");
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    refuses(Map.of("url", "http://127.0.0.1"), "expected tcp://host:1883 or ssl://host:8883");
    refuses(Map.of("url", "tcp://u:p@127.0.0.1"), "without a user");
    refuses(Map.of("url", "tcp://h", "version", "4"), "expected 5 or 3.1.1");
    refuses(Map.of("url", "tcp://h", "topic-prefix", "a/#"), "without blanks, + and #");
    refuses(Map.of("user", "gw"), "gateway.mqtt.user is set and gateway.mqtt.url is not");
    refuses(
        Map.of("url", "tcp://h", "password-file", "p"),
        "gateway.mqtt.password-file is set and gateway.mqtt.user is not");
    refuses(
        Map.of("url", "tcp://h", "user", "gw", "password-file", folder + "/none"),
        "gateway.mqtt.password-file = '" + folder + "/none'");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    refuses(
        Map.of("url", "tcp://h", "user", "gw", "password-file", empty.toString()),
        "has no password: expected one line");
    refuses(Map.of("url", "tcp://h", "ca", "ca.pem"), "is not encrypted");
    refuses(Map.of("url", "ssl://h", "ca", empty.toString()), "holds no certificate");
    refuses(Map.of("url", "ssl://h", "client-key", "k.pem"), "belong together");
  }

  private static void refuses(Map<String, String> values, String why) {
    assertThatThrownBy(() -> read(values))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(why);
  }

  private static Optional<MqttEndpoint> read(Map<String, String> values) {
    Map<String, String> named = new HashMap<>();
    values.forEach((name, value) -> named.put("gateway.mqtt." + name, value));
    return MqttSettings.from(Settings.load(MqttSettings.all(), named));
  }
}
