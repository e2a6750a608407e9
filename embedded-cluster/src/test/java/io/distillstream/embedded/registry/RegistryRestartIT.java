package io.distillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the registry's topic holds: above all ids, which outlive it. */
@ExtendWith(SharedCluster.class)
class RegistryRestartIT extends RegistryFixture {

  private final EmbeddedCluster cluster;

  RegistryRestartIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  String url() {
    return cluster.registryUrl();
  }

  /** A registry that knows only what the topic holds. */
  private SchemaRegistryServer anotherFromTheTopic() {
    return new SchemaRegistryServer(cluster.bootstrapServers(), 0);
  }

  @Test
  void shouldRememberEverythingThatTheTopicHolds() throws Exception {
    String subject = newSubject();
    AvroSchema unique = newSchema();
    int first;
    int second;
    int other;
    try (CachedSchemaRegistryClient client = freshClient()) {
      first = client.register(subject, schema(NAME_ONLY));
      second = client.register(subject, schema(WITH_OPTIONAL_AGE));
      other = client.register(newSubject(), unique);
      client.updateCompatibility(subject, "FULL_TRANSITIVE");
      client.deleteSchemaVersion(subject, "1");
    }

    try (SchemaRegistryServer restarted = anotherFromTheTopic();
        CachedSchemaRegistryClient client = new CachedSchemaRegistryClient(restarted.url(), 10)) {
      assertThat(client.getSchemaById(first)).isEqualTo(schema(NAME_ONLY));
      assertThat(client.getSchemaById(second)).isEqualTo(schema(WITH_OPTIONAL_AGE));
      assertThat(client.getSchemaById(other)).isEqualTo(unique);
      assertThat(client.getAllVersions(subject)).containsExactly(2);
      assertThat(client.getCompatibility(subject)).isEqualTo("FULL_TRANSITIVE");
    }
  }

  @Test
  void shouldKeepIdsWhenBrokerAndRegistryRestart(@TempDir Path ownFolder) throws Exception {
    int id;
    try (EmbeddedCluster before = EmbeddedCluster.start(ownFolder);
        CachedSchemaRegistryClient client =
            new CachedSchemaRegistryClient(before.registryUrl(), 10)) {
      client.register("a", schema(NAME_ONLY));
      id = client.register("b", schema(EMPTY));
    }
    try (EmbeddedCluster after = EmbeddedCluster.start(ownFolder);
        CachedSchemaRegistryClient client =
            new CachedSchemaRegistryClient(after.registryUrl(), 10)) {
      assertThat(client.getSchemaById(id)).isEqualTo(schema(EMPTY));
      assertThat(client.register("c", newSchema())).isEqualTo(id + 1);
    }
  }

  @Test
  void shouldNeverGiveAnIdOutAgain() throws Exception {
    String subject = newSubject();
    int gone;
    try (CachedSchemaRegistryClient client = freshClient()) {
      gone = client.register(subject, newSchema());
      client.deleteSubject(subject);
      client.deleteSubject(subject, true);
      assertRefused(() -> freshClient().getSchemaById(gone), 404, 40403);
    }
    try (SchemaRegistryServer restarted = anotherFromTheTopic();
        CachedSchemaRegistryClient client = new CachedSchemaRegistryClient(restarted.url(), 10)) {
      assertThat(client.register(newSubject(), newSchema())).isGreaterThan(gone);
    }
  }

  @Test
  void shouldSkipForeignRecordsInItsTopic() throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("_schemas", "no JSON", "{")).get(10, TimeUnit.SECONDS);
      producer
          .send(new ProducerRecord<>("_schemas", "{\"keytype\":\"ELSE\"}", "{}"))
          .get(10, TimeUnit.SECONDS);
    }
    try (CachedSchemaRegistryClient client = freshClient()) {
      assertThat(client.register(newSubject(), newSchema())).isPositive();
    }
  }
}
