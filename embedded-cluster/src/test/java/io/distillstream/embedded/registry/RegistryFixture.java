package io.distillstream.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.RestService;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Schemas, subjects and clients for tests of a Confluent-compatible registry. */
abstract class RegistryFixture {

  static final String NAME_ONLY =
      """
      {"type":"record","name":"Person","namespace":"contract","fields":[
        {"name":"name","type":"string"}]}
      """;
  static final String WITH_OPTIONAL_AGE =
      """
      {"type":"record","name":"Person","namespace":"contract","fields":[
        {"name":"name","type":"string"},
        {"name":"age","type":["null","int"],"default":null}]}
      """;
  static final String WITH_REQUIRED_AGE =
      """
      {"type":"record","name":"Person","namespace":"contract","fields":[
        {"name":"name","type":"string"},
        {"name":"age","type":"int"}]}
      """;
  static final String EMPTY =
      """
      {"type":"record","name":"Person","namespace":"contract","fields":[]}
      """;

  private static final int CACHED_SCHEMAS = 100;

  /** Opened anew for each test. */
  CachedSchemaRegistryClient client;

  /** The address that a Confluent client is given. */
  abstract String url();

  @BeforeEach
  void openClient() {
    client = freshClient();
  }

  @AfterEach
  void closeClient() throws Exception {
    client.close();
  }

  /** A client that has seen nothing yet, so that answers come from the server. */
  final CachedSchemaRegistryClient freshClient() {
    return new CachedSchemaRegistryClient(url(), CACHED_SCHEMAS);
  }

  final RestService rest() {
    return new RestService(url());
  }

  static String newSubject() {
    return "contract-" + UUID.randomUUID();
  }

  static AvroSchema schema(String text) {
    return new AvroSchema(text);
  }

  /** A schema that nobody else in this registry has. */
  static AvroSchema newSchema() {
    return schema(
        "{\"type\":\"record\",\"name\":\"R"
            + UUID.randomUUID().toString().replace('-', '_')
            + "\",\"fields\":[]}");
  }

  static void assertRefused(ThrowingCallable call, int status, int code) {
    RestClientException refusal = catchThrowableOfType(RestClientException.class, call);
    assertThat(refusal).as("a refusal with code %d", code).isNotNull();
    assertThat(refusal.getStatus()).isEqualTo(status);
    assertThat(refusal.getErrorCode()).as(refusal.getMessage()).isEqualTo(code);
  }

  final HttpResponse<String> post(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
