package io.distillstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedClusterIT {

  private static final AvroSchema FIRST = new AvroSchema("\"string\"");
  private static final AvroSchema SECOND = new AvroSchema("\"long\"");

  @Test
  void shouldKeepSchemaIdsOverRestarts(@TempDir Path folder) throws Exception {
    int first;
    int second;
    try (EmbeddedCluster cluster = EmbeddedCluster.start(folder);
        CachedSchemaRegistryClient client =
            new CachedSchemaRegistryClient(cluster.registryUrl(), 10)) {
      cluster.broker().awaitReady(Duration.ofSeconds(10));
      first = client.register("a", FIRST);
      second = client.register("b", SECOND);
    }
    try (EmbeddedCluster cluster = EmbeddedCluster.start(folder);
        CachedSchemaRegistryClient client =
            new CachedSchemaRegistryClient(cluster.registryUrl(), 10)) {
      assertThat(client.getSchemaById(first)).isEqualTo(FIRST);
      assertThat(client.getSchemaById(second)).isEqualTo(SECOND);
      assertThat(client.register("c", new AvroSchema("\"double\""))).isGreaterThan(second);
    }
  }
}
