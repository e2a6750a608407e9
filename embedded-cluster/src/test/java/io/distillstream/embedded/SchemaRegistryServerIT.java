package io.distillstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import io.distillstream.foundation.PortInUseException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what only this registry promises: above all that ids outlive it. */
class SchemaRegistryServerIT extends RegistryContract {

  @TempDir private static Path folder;

  private static EmbeddedCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(folder);
  }

  @AfterAll
  static void closeCluster() {
    cluster.close();
  }

  @Override
  String url() {
    return cluster.registryUrl();
  }

  /** A registry that knows only what the topic holds. */
  private static SchemaRegistryServer anotherFromTheTopic() {
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

  @Test
  void shouldDeleteForGoodOnlyWhatIsSoftlyDeleted() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(subject, schema(NAME_ONLY));
      assertRefused(() -> client.deleteSubject(subject, true), 404, 40405);
      assertRefused(() -> client.deleteSchemaVersion(subject, "1", true), 404, 40407);
      client.deleteSchemaVersion(subject, "1");
      assertRefused(() -> client.deleteSchemaVersion(subject, "1"), 404, 40406);
      assertRefused(() -> client.deleteSubject(subject), 404, 40404);
      assertThat(client.deleteSubject(subject, true)).containsExactly(1);
      assertRefused(() -> client.deleteSubject(subject), 404, 40401);
    }
  }

  @Test
  void shouldContinueTheVersionsOfASoftlyDeletedSubject() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      int id = client.register(subject, schema(NAME_ONLY));
      client.deleteSubject(subject);
      assertThat(client.register(subject, schema(NAME_ONLY))).isEqualTo(id);
      assertThat(client.getAllVersions(subject)).containsExactly(2);
    }
  }

  @Test
  void shouldNotDeleteWhatIsReferenced() throws Exception {
    String person = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(person, schema(NAME_ONLY));
      client.register(
          newSubject(),
          new AvroSchema(
              "{\"type\":\"array\",\"items\":\"contract.Person\"}",
              List.of(new SchemaReference("contract.Person", person, 1)),
              Map.of("contract.Person", NAME_ONLY),
              null));

      assertRefused(() -> client.deleteSubject(person), 422, 42206);
      assertRefused(() -> client.deleteSchemaVersion(person, "1"), 422, 42206);
    }
  }

  @Test
  void shouldRefuseReferencesThatLeadNowhere() throws Exception {
    AvroSchema dangling =
        new AvroSchema(
            "{\"type\":\"array\",\"items\":\"contract.Person\"}",
            List.of(new SchemaReference("contract.Person", newSubject(), 1)),
            Map.of("contract.Person", NAME_ONLY),
            null);
    try (CachedSchemaRegistryClient client = freshClient()) {
      assertRefused(() -> client.register(newSubject(), dangling), 422, 42201);
    }
  }

  @Test
  void shouldNameTheFieldThatBreaksCompatibility() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(subject, schema(NAME_ONLY));
      assertThat(client.testCompatibilityVerbose(subject, schema(WITH_REQUIRED_AGE)))
          .singleElement()
          .asString()
          .contains("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/1", "version 1");
    }
  }

  @Test
  void shouldSaySoWhenASubjectHasNoSettingOfItsOwn() throws Exception {
    String subject = newSubject();

    assertRefused(() -> rest().getConfig(subject), 404, 40408);
    assertRefused(() -> rest().getMode(subject), 404, 40409);
    assertRefused(() -> rest().deleteConfig(subject), 404, 40401);
    assertThat(rest().getMode().getMode()).isEqualTo("READWRITE");
  }

  @Test
  void shouldRefuseWhatItDoesNotOffer() throws Exception {
    String path = "/subjects/" + newSubject() + "/versions";

    HttpResponse<String> json = post(path, "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}");
    HttpResponse<String> rules = post(path, "{\"ruleSet\":{},\"schema\":\"\\\"int\\\"\"}");
    HttpResponse<String> id = post(path, "{\"id\":7,\"schema\":\"\\\"int\\\"\"}");

    assertThat(json.statusCode()).isEqualTo(422);
    assertThat(json.body()).contains("42201", "JSON", "only AVRO");
    assertThat(rules.statusCode()).isEqualTo(422);
    assertThat(rules.body()).contains("ruleSet");
    assertThat(id.statusCode()).isEqualTo(422);
    assertThat(id.body()).contains("42205");
    assertThat(rest().getSchemaTypes()).containsExactly("AVRO");
  }

  @Test
  void shouldLetASubjectOptOutOfChecks() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(subject, schema(NAME_ONLY));
      client.updateCompatibility(subject, "NONE");
      client.register(subject, schema(WITH_REQUIRED_AGE));
      assertThat(client.getAllVersions(subject)).containsExactly(1, 2);
      client.deleteCompatibility(subject);
      assertRefused(() -> client.register(subject, newSchema()), 409, 409);
    }
  }

  @Test
  void shouldListWhereASchemaIsRegistered() throws Exception {
    String one = newSubject();
    String two = newSubject();
    AvroSchema schema = newSchema();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(one, schema);
      int id = client.register(two, schema);
      assertThat(client.getAllSubjectsById(id)).containsExactlyInAnyOrder(one, two);
      assertThat(client.getAllVersionsById(id)).hasSize(2);
    }
  }

  @Test
  void shouldRefuseAnUnknownLevel() throws Exception {
    try (CachedSchemaRegistryClient client = freshClient()) {
      assertRefused(() -> client.updateCompatibility(newSubject(), "SIDEWAYS"), 422, 42203);
    }
  }

  @Test
  void shouldDeleteASubjectOfWhichAVersionIsDeleted() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(subject, schema(NAME_ONLY));
      client.register(subject, schema(WITH_OPTIONAL_AGE));
      client.deleteSchemaVersion(subject, "2");
      assertThat(client.deleteSubject(subject)).containsExactly(1);
    }
  }

  @Test
  void shouldAnswerMalformedBodiesWithAnErrorObject() throws Exception {
    HttpResponse<String> cut = post("/subjects/" + newSubject() + "/versions", "{\"schema\":");
    HttpResponse<String> list = post("/subjects/" + newSubject() + "/versions", "[]");

    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(cut.body()).contains("\"error_code\":400", "\"message\":\"Malformed JSON");
    assertThat(list.statusCode()).isEqualTo(400);
    assertThat(list.body()).contains("JSON object");
  }

  @Test
  void shouldRefuseVersionsThatAreNone() throws Exception {
    String subject = newSubject();
    try (CachedSchemaRegistryClient client = freshClient()) {
      client.register(subject, schema(NAME_ONLY));
      Map<String, String> noHeaders = Map.of();
      assertRefused(() -> rest().deleteSchemaVersion(noHeaders, subject, "first"), 422, 42202);
      assertRefused(() -> rest().deleteSchemaVersion(noHeaders, subject, "0"), 422, 42202);
    }
  }

  @Test
  void shouldAnswerUnknownPathsWithAnErrorObject() throws Exception {
    HttpResponse<String> answer = post("/nowhere", "{}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"error_code\":404");
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).contains("vnd.schemaregistry.v1+json"));
  }

  @Test
  void shouldRefuseAPortThatIsTaken() {
    int taken = cluster.registry().port();

    assertThatThrownBy(() -> new SchemaRegistryServer(cluster.bootstrapServers(), taken))
        .isInstanceOf(PortInUseException.class)
        .hasMessageContaining(Integer.toString(taken))
        .hasMessageContaining("schema registry");
  }
}
