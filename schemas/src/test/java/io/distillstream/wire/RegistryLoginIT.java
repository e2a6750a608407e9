package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.GroundTruth;
import io.distillstream.embedded.EmbeddedCluster;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry that wants TLS and a login, by the properties that a settings file names. */
@Timeout(60)
class RegistryLoginIT {

  private static final Pipeline PIPELINE = new Pipeline("login-it");

  @TempDir static Path folder;

  private static EmbeddedCluster cluster;
  private static GuardedRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    cluster = EmbeddedCluster.start(folder.resolve("kafka"));
    registry = new GuardedRegistry(cluster.registryUrl(), folder);
  }

  @AfterAll
  static void stop() {
    registry.close();
    cluster.close();
  }

  @Test
  void shouldReachARegistryThatWantsTlsAndALogin() throws Exception {
    ClusterConnection connection = connection(login(GuardedRegistry.PASSWORD));
    GroundTruth truth = new GroundTruth("id-1", "noun.animal", Instant.EPOCH);

    try (WireFormat wire = new WireFormat(connection);
        Admin admin = Admin.create(connection.adminProperties())) {
      TopicInstaller.install(admin, wire, PIPELINE);
      Codec<GroundTruth> codec = wire.codec(Topics.GROUND_TRUTH, PIPELINE);

      assertThat(codec.decode(codec.encode(truth))).isEqualTo(truth);
    }
  }

  @Test
  void shouldSayWhichSettingALoginIsMissingFrom() {
    for (Map<String, String> properties : List.of(tls(), login("another"))) {
      try (WireFormat wire = new WireFormat(connection(properties))) {
        assertThatThrownBy(() -> wire.register(Topics.GROUND_TRUTH, PIPELINE))
            .isInstanceOf(RegistryUnavailableException.class)
            .hasMessageContaining("refuses the login with 401")
            .hasMessageContaining("cluster.registry-properties");
      }
    }
  }

  @Test
  void shouldNotShowPasswords() {
    assertThat(connection(login(GuardedRegistry.PASSWORD)).toString())
        .contains(registry.url())
        .doesNotContain(GuardedRegistry.PASSWORD);
  }

  private static ClusterConnection connection(Map<String, String> properties) {
    return new ClusterConnection(cluster.bootstrapServers(), registry.url(), Map.of(), properties);
  }

  private static Map<String, String> tls() {
    return Map.of(
        "schema.registry.ssl.truststore.location", registry.store().toString(),
        "schema.registry.ssl.truststore.password", registry.storePassword());
  }

  private static Map<String, String> login(String password) {
    Map<String, String> properties = new HashMap<>(tls());
    properties.put("basic.auth.credentials.source", "USER_INFO");
    properties.put("basic.auth.user.info", GuardedRegistry.USER + ":" + password);
    return properties;
  }
}
