package io.distillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.foundation.PortInUseException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract, and what only this registry promises. */
@ExtendWith(SharedCluster.class)
class SchemaRegistryServerIT extends RegistryContract {

  private final EmbeddedCluster cluster;

  SchemaRegistryServerIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  String url() {
    return cluster.registryUrl();
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
  void shouldRefuseWhatAWebPageMaySend() throws Exception {
    URI subject = URI.create(url() + "/subjects/" + newSubject() + "/versions");
    HttpRequest.Builder foreign =
        HttpRequest.newBuilder(subject)
            .header("Content-Type", "application/json")
            .header("Origin", "https://example.org")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    HttpRequest.Builder form =
        HttpRequest.newBuilder(subject)
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));

    assertThat(status(foreign)).isEqualTo(403);
    assertThat(status(form)).isEqualTo(415);
    assertThat(statusUnderTheName("rebound.example.org")).isEqualTo("HTTP/1.1 421");
    assertThat(statusUnderTheName("localhost:8081")).isEqualTo("HTTP/1.1 200");
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** Java's client does not let a Host header be chosen. */
  private String statusUnderTheName(String name) throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(url()).getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /subjects HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
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
