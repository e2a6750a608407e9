package io.distillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

/**
 * What this project relies on from any Confluent-compatible registry, said with the genuine
 * Confluent client. It runs against the embedded registry and against Apicurio's, a foreign one.
 *
 * <p>Every test uses subjects of its own, so that servers may be shared.
 *
 * <p>Where the two differ, only what they agree on stands here. Apicurio's 2.6 has no {@code
 * /schemas/ids/{id}/subjects}; answers an unknown compatibility level with 400 and a malformed body
 * without Confluent's error object; takes the level NONE of a subject as "no level of its own"; and
 * counts a subject as deleted when its latest version is.
 */
abstract class RegistryContract extends RegistryFixture {

  @Test
  void shouldGiveOneSchemaOneIdUnderEverySubject() throws Exception {
    AvroSchema schema = newSchema();

    int first = client.register(newSubject(), schema);
    int second = client.register(newSubject(), schema);
    int another = client.register(newSubject(), newSchema());

    assertThat(second).isEqualTo(first);
    assertThat(another).isNotEqualTo(first);
  }

  @Test
  void shouldRegisterTheSameSchemaOnce() throws Exception {
    String subject = newSubject();
    int id = client.register(subject, schema(NAME_ONLY));

    try (CachedSchemaRegistryClient other = freshClient()) {
      assertThat(other.register(subject, schema(NAME_ONLY))).isEqualTo(id);
      assertThat(other.getAllVersions(subject)).containsExactly(1);
    }
  }

  @Test
  void shouldCountVersionsBySubject() throws Exception {
    String subject = newSubject();
    client.register(newSubject(), schema(WITH_OPTIONAL_AGE));
    client.register(subject, schema(NAME_ONLY));
    int latest = client.register(subject, schema(WITH_OPTIONAL_AGE));

    assertThat(client.getAllVersions(subject)).containsExactly(1, 2);
    assertThat(client.getLatestSchemaMetadata(subject).getVersion()).isEqualTo(2);
    assertThat(client.getLatestSchemaMetadata(subject).getId()).isEqualTo(latest);
    assertThat(client.getVersion(subject, schema(NAME_ONLY))).isEqualTo(1);
    assertThat(schema(client.getSchemaMetadata(subject, 1).getSchema()))
        .isEqualTo(schema(NAME_ONLY));
    assertThat(client.getAllSubjects()).contains(subject);
  }

  @Test
  void shouldFindSchemasByIdAndIdsBySchema() throws Exception {
    String subject = newSubject();
    int id = client.register(subject, schema(NAME_ONLY));

    try (CachedSchemaRegistryClient other = freshClient()) {
      assertThat(other.getSchemaById(id)).isEqualTo(schema(NAME_ONLY));
      assertThat(other.getId(subject, schema(NAME_ONLY))).isEqualTo(id);
    }
  }

  @Test
  void shouldResolveReferences() throws Exception {
    String personSubject = newSubject();
    String teamSubject = newSubject();
    client.register(personSubject, schema(NAME_ONLY));
    String team =
        """
        {"type":"record","name":"Team","namespace":"contract","fields":[
          {"name":"leader","type":"contract.Person"}]}
        """;
    AvroSchema withReference =
        new AvroSchema(
            team,
            List.of(new SchemaReference("contract.Person", personSubject, 1)),
            Map.of("contract.Person", NAME_ONLY),
            null);

    int id = client.register(teamSubject, withReference);

    try (CachedSchemaRegistryClient other = freshClient()) {
      ParsedSchema found = other.getSchemaById(id);
      assertThat(found.references()).hasSize(1);
      assertThat(((AvroSchema) found).rawSchema().getField("leader").schema().getFullName())
          .isEqualTo("contract.Person");
      assertThat(other.getId(teamSubject, withReference)).isEqualTo(id);
    }
    assertThat(rest().getReferencedBy(personSubject, 1)).containsExactly(id);
  }

  @Test
  void shouldRefuseWhatBreaksCompatibility() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));

    assertThat(client.testCompatibility(subject, schema(WITH_REQUIRED_AGE))).isFalse();
    assertThat(client.testCompatibilityVerbose(subject, schema(WITH_REQUIRED_AGE))).isNotEmpty();
    assertRefused(() -> client.register(subject, schema(WITH_REQUIRED_AGE)), 409, 409);
    assertThat(client.getAllVersions(subject)).containsExactly(1);
  }

  @Test
  void shouldAcceptWhatKeepsCompatibility() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));

    assertThat(client.testCompatibility(subject, schema(WITH_OPTIONAL_AGE))).isTrue();
    assertThat(client.testCompatibilityVerbose(subject, schema(WITH_OPTIONAL_AGE))).isEmpty();
    client.register(subject, schema(WITH_OPTIONAL_AGE));
    assertThat(client.getAllVersions(subject)).containsExactly(1, 2);
  }

  @Test
  void shouldCheckForwardCompatibilityWhenTheSubjectAsksForIt() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));
    client.updateCompatibility(subject, "FORWARD");

    assertThat(client.testCompatibility(subject, schema(EMPTY))).isFalse();
    assertThat(client.testCompatibility(subject, schema(WITH_REQUIRED_AGE))).isTrue();
  }

  @Test
  void shouldCompareWithAllVersionsOnlyWhenTransitive() throws Exception {
    String subject = newSubject();
    // A required field can be read from version 2, which has it, not from version 1.
    client.register(subject, schema(NAME_ONLY));
    client.register(
        subject, schema(WITH_REQUIRED_AGE.replace("\"int\"}", "\"int\",\"default\":1}")));

    client.updateCompatibility(subject, "BACKWARD_TRANSITIVE");
    assertRefused(() -> client.register(subject, schema(WITH_REQUIRED_AGE)), 409, 409);
    client.updateCompatibility(subject, "BACKWARD");
    client.register(subject, schema(WITH_REQUIRED_AGE));
    assertThat(client.getAllVersions(subject)).containsExactly(1, 2, 3);
  }

  @Test
  void shouldKeepALevelPerSubject() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));

    assertThat(client.updateCompatibility(subject, "FULL")).isEqualTo("FULL");
    assertThat(client.getCompatibility(subject)).isEqualTo("FULL");
    assertThat(rest().getConfig(null).getCompatibilityLevel()).isEqualTo("BACKWARD");
  }

  @Test
  void shouldSayWhatIsUnknown() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));

    assertRefused(() -> client.getAllVersions(newSubject()), 404, 40401);
    assertRefused(() -> client.getLatestSchemaMetadata(newSubject()), 404, 40401);
    assertRefused(() -> client.getSchemaMetadata(subject, 7), 404, 40402);
    assertRefused(() -> client.getSchemaById(1_000_000), 404, 40403);
    assertRefused(() -> client.getId(subject, schema(WITH_OPTIONAL_AGE)), 404, 40403);
  }

  @Test
  void shouldRefuseInvalidSchemas() {
    assertRefused(() -> rest().registerSchema("{\"type\":\"nonsense\"}", newSubject()), 422, 42201);
  }

  @Test
  void shouldRefuseMalformedBodies() throws Exception {
    HttpResponse<String> answer = post("/subjects/" + newSubject() + "/versions", "{\"schema\":");

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void shouldHideDeletedVersions() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));
    client.register(subject, schema(WITH_OPTIONAL_AGE));

    assertThat(client.deleteSchemaVersion(subject, "2")).isEqualTo(2);

    assertThat(client.getAllVersions(subject)).containsExactly(1);
    assertRefused(() -> client.getSchemaMetadata(subject, 2), 404, 40402);
  }

  @Test
  void shouldHideDeletedSubjectsButKeepTheirIds() throws Exception {
    String subject = newSubject();
    client.register(subject, schema(NAME_ONLY));
    int id = client.register(subject, schema(WITH_OPTIONAL_AGE));

    assertThat(client.deleteSubject(subject)).containsExactly(1, 2);

    assertRefused(() -> client.getAllVersions(subject), 404, 40401);
    try (CachedSchemaRegistryClient other = freshClient()) {
      assertThat(other.getSchemaById(id)).isEqualTo(schema(WITH_OPTIONAL_AGE));
    }
  }

  @Test
  void shouldCarryRecordsBetweenSchemaVersions() {
    String topic = newSubject();
    Map<String, Object> settings = Map.of("schema.registry.url", url());
    GenericRecord old =
        new GenericRecordBuilder(schema(NAME_ONLY).rawSchema()).set("name", "Ada").build();
    GenericRecord young =
        new GenericRecordBuilder(schema(WITH_OPTIONAL_AGE).rawSchema())
            .set("name", "Grace")
            .set("age", 85)
            .build();

    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer();
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      serializer.configure(settings, false);
      deserializer.configure(settings, false);
      byte[] oldBytes = serializer.serialize(topic, old);
      byte[] youngBytes = serializer.serialize(topic, young);

      assertThat(deserializer.deserialize(topic, oldBytes)).isEqualTo(old);
      assertThat(deserializer.deserialize(topic, youngBytes)).isEqualTo(young);
      GenericData.Record upgraded =
          (GenericData.Record)
              deserializer.deserialize(topic, oldBytes, schema(WITH_OPTIONAL_AGE).rawSchema());
      assertThat(upgraded.get("age")).isNull();
      assertThat(upgraded.get("name")).hasToString("Ada");
    }
  }

  @Test
  void shouldNotSerializeUnregisteredSchemasWhenToldNotTo() throws Exception {
    String topic = newSubject();
    client.register(topic + "-value", schema(NAME_ONLY));
    GenericRecord unknown =
        new GenericRecordBuilder(schema(WITH_OPTIONAL_AGE).rawSchema()).set("name", "Ada").build();

    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(
          Map.of("schema.registry.url", url(), "auto.register.schemas", false), false);

      assertThatThrownBy(() -> serializer.serialize(topic, unknown))
          .isInstanceOf(SerializationException.class)
          .hasCauseInstanceOf(RestClientException.class);
    }
  }
}
