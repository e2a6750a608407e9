package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/**
 * The registry's client and the codecs made from it. Schemas are registered explicitly, once, by
 * {@link TopicInstaller}; a codec never registers one in passing. Thread-safe.
 */
public final class WireFormat implements AutoCloseable {

  /** Confluent's scheme for a registry that lives in memory. */
  private static final String WITHIN_THE_PROCESS = "mock://";

  private static final int CACHED_SCHEMAS = 1_000;
  private static final int CONFLICT = 409;
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 200;

  static {
    AvroLimits.set();
  }

  private final String registryUrl;
  private final SchemaRegistryClient client;
  private final Map<String, Object> settings;

  public WireFormat(String registryUrl) {
    this(registryUrl, Map.of());
  }

  /** As a cluster's services are to reach its registry. */
  public WireFormat(ClusterConnection cluster) {
    this(cluster.registryUrl(), cluster.registryProperties());
  }

  /**
   * @param registryUrl such as {@code http://127.0.0.1:8081}; several are separated by commas
   * @param registryProperties passed to Confluent's client as they are (login, TLS)
   */
  private WireFormat(String registryUrl, Map<String, String> registryProperties) {
    this.registryUrl = registryUrl;
    this.client = client(List.of(registryUrl.split(",")), Map.copyOf(registryProperties));
    this.settings =
        Map.of(
            "schema.registry.url", registryUrl,
            "auto.register.schemas", false,
            "avro.remove.java.properties", true,
            "specific.avro.reader", true);
  }

  private static SchemaRegistryClient client(List<String> urls, Map<String, String> properties) {
    if (urls.get(0).startsWith(WITHIN_THE_PROCESS)) {
      return SchemaRegistryClientFactory.newClient(
          urls, CACHED_SCHEMAS, List.of(new AvroSchemaProvider()), properties, Map.of());
    }
    return new RememberingRegistryClient(urls, CACHED_SCHEMAS, properties);
  }

  /** The codec of one topic of one pipeline. */
  public <T extends SpecificRecord> Codec<T> codec(Topic<T> topic, Pipeline pipeline) {
    KafkaAvroSerializer serializer = new KafkaAvroSerializer(client);
    serializer.configure(settings, false);
    KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer(client);
    deserializer.configure(settings, false);
    return new Codec<>(topic, topic.in(pipeline), registryUrl, serializer, deserializer);
  }

  /**
   * Registers the schema of a topic's values.
   *
   * @throws RegistryUnavailableException if the registry cannot be reached
   * @throws IncompatibleSchemaException if the registry holds one that this one may not follow
   */
  void register(Topic<?> topic, Pipeline pipeline) {
    AvroSchema schema = new AvroSchema(topic.schema());
    for (int attempt = 1; ; attempt++) {
      try {
        client.register(topic.subject(pipeline), schema);
        return;
      } catch (RestClientException e) {
        if (e.getStatus() != CONFLICT) {
          throw new RegistryUnavailableException(registryUrl, e);
        }
        // Apicurio's says so as well to one of two that register a subject at the same moment.
        if (attempt == ATTEMPTS) {
          throw new IncompatibleSchemaException(topic.subject(pipeline), e);
        }
        pause(attempt);
      } catch (IOException e) {
        throw new RegistryUnavailableException(registryUrl, e);
      }
    }
  }

  private void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(attempt * PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryUnavailableException(registryUrl, e);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new RegistryUnavailableException(registryUrl, e);
    }
  }
}
