package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Confluent's client with what was asked last of each subject at hand. Its own caches count all
 * their recent hits at each further one, and hash a schema by its fields: together a fifth of what
 * the joiner does.
 */
final class RememberingRegistryClient extends CachedSchemaRegistryClient {
  private final Map<String, Written> written = new ConcurrentHashMap<>();
  private final Map<String, Read> read = new ConcurrentHashMap<>();

  private record Written(Schema schema, boolean normalized, int id) {}

  private record Read(int id, ParsedSchema schema) {}

  RememberingRegistryClient(
      List<String> urls, int cachedSchemas, Map<String, String> registryProperties) {
    super(urls, cachedSchemas, List.of(new AvroSchemaProvider()), registryProperties, Map.of());
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // Generated classes have one schema object each.
  public int getId(String subject, ParsedSchema schema, boolean normalize)
      throws IOException, RestClientException {
    if (!(schema instanceof AvroSchema avro)) {
      return super.getId(subject, schema, normalize);
    }
    Written last = written.get(subject);
    if (last == null || last.schema() != avro.rawSchema() || last.normalized() != normalize) {
      last = new Written(avro.rawSchema(), normalize, super.getId(subject, schema, normalize));
      written.put(subject, last);
    }
    return last.id();
  }

  @Override
  public ParsedSchema getSchemaBySubjectAndId(String subject, int id)
      throws IOException, RestClientException {
    Read last = read.get(subject);
    if (last == null || last.id() != id) {
      last = new Read(id, super.getSchemaBySubjectAndId(subject, id));
      read.put(subject, last);
    }
    return last.schema();
  }

  @Override
  public synchronized void reset() {
    written.clear();
    read.clear();
    super.reset();
  }
}
