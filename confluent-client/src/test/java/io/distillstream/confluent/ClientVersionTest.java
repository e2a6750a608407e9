package io.distillstream.confluent;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is unpacked is of the version that the profile {@code confluent} asks for by default, so
 * that both builds have the same classes.
 */
class ClientVersionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka-avro-serializer",
        "kafka-schema-registry-client",
        "kafka-schema-serializer"
      })
  void shouldBeTheDeclaredVersion(String artifact) throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        CachedSchemaRegistryClient.class.getResourceAsStream(
            "/META-INF/maven/io.confluent/" + artifact + "/pom.properties")) {
      assertThat(in).as("properties of " + artifact).isNotNull();
      properties.load(in);
    }

    assertThat(properties.getProperty("version"))
        .isEqualTo(System.getProperty("confluent.version"));
  }
}
