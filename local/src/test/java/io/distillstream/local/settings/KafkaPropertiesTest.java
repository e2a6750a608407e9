package io.distillstream.local.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaPropertiesTest {

  @TempDir private Path folder;

  @Test
  void shouldTakeValuesFromEnvironmentFilesAndFolders() throws Exception {
    Files.writeString(folder.resolve("users"), "one = from a file\n");
    Files.writeString(folder.resolve("secret"), "from a folder");
    String path = System.getenv("PATH");

    ClusterConnection connection =
        connection(
            """
            a = ${env:PATH}
            b = x ${file:%1$s/users:one} y
            c = ${dir:%1$s:secret}
            d = plain
            """
                .formatted(folder));

    assertThat(connection.clientProperties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("a", path, "b", "x from a file y", "c", "from a folder", "d", "plain"));
    assertThat(connection.registryProperties()).isEqualTo(connection.clientProperties());
    assertThat(connection.producerProperties()).containsEntry("c", "from a folder");
  }

  @Test
  void shouldTakeOtherProvidersThatTheFileNames() throws Exception {
    Files.writeString(folder.resolve("users"), "one = 1\n");

    assertThat(
            connection(
                    """
                    config.providers = mine
                    config.providers.mine.class = org.apache.kafka.common.config.provider.FileConfigProvider
                    a = ${mine:%1$s/users:one}
                    b = ${file:%1$s/users:one}
                    """
                        .formatted(folder))
                .clientProperties())
        .isEqualTo(Map.of("a", "1", "b", "1"));
  }

  @Test
  void shouldNameWhatIsNotThere() throws Exception {
    Files.writeString(folder.resolve("users"), "one = 1\n");

    assertThatThrownBy(
            () ->
                connection(
                    """
                    sasl.jaas.config = password="${env:DISTILLSTREAM_IS_NOT_SET}"
                    ssl.key.password = ${file:%s/users:two}
                    """
                        .formatted(folder)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(
            "sasl.jaas.config refers to ${env:DISTILLSTREAM_IS_NOT_SET}, which is not there")
        .hasMessageContaining("ssl.key.password refers to ${file:" + folder + "/users:two}")
        .hasMessageContaining("cluster.client-properties = '" + file() + "'");
    assertThatThrownBy(() -> connection("a = ${file:" + folder + "/none:one}"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("cluster.client-properties = '" + file() + "'")
        .hasMessageContaining("none");
  }

  @Test
  void shouldAllowTheTokenEndpointThatTheFileNamesAndNoOther() throws Exception {
    connection(
        """
        sasl.oauthbearer.token.endpoint.url = http://127.0.0.1:9/own-token
        sasl.oauthbearer.assertion.private.key.file = %s/key.pem
        """
            .formatted(folder));

    assertThat(System.getProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls").split(","))
        .contains("http://127.0.0.1:9/own-token")
        .doesNotContain("");
    assertThat(System.getProperty("org.apache.kafka.sasl.oauthbearer.allowed.files").split(","))
        .contains(folder + "/key.pem");
  }

  private Path file() {
    return folder.resolve("kafka.properties");
  }

  private ClusterConnection connection(String properties) throws IOException {
    Files.writeString(file(), properties);
    return ClusterSettings.from(
            Settings.load(
                AllSettings.list(),
                Map.of(
                    "cluster.client-properties", file().toString(),
                    "cluster.registry-properties", file().toString())))
        .connection();
  }
}
