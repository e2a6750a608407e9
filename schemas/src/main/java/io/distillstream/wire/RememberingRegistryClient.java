package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.entities.Schema;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent's client with what was asked last of each subject at hand. Its own caches count all
 * their recent hits at each further one, and hash a schema by its fields: together a fifth of what
 * the joiner does.
 *
 * <p>Where a schema cannot be had, it tells a registry that is not there from an id that is none.
 */
final class RememberingRegistryClient extends CachedSchemaRegistryClient {

  private static final int NOT_FOUND = 404;
  private static final int SCHEMA_NOT_FOUND = 40_403;
  private static final int CODES_PER_STATUS = 100;

  private final String registryUrl;
  private final Map<String, Written> written = new ConcurrentHashMap<>();
  private final Map<String, Read> read = new ConcurrentHashMap<>();

  private record Written(org.apache.avro.Schema schema, boolean normalized, int id) {}

  private record Read(int id, ParsedSchema schema) {}

  RememberingRegistryClient(
      List<String> urls, int cachedSchemas, Map<String, String> registryProperties) {
    super(urls, cachedSchemas, List.of(new AvroSchemaProvider()), registryProperties, Map.of());
    this.registryUrl = String.join(",", urls);
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

  /**
   * The schema of an id.
   *
   * @throws RestClientException if the registry knows no such id
   * @throws SerializationException if it is not one of Avro's
   * @throws RegistryUnavailableException if there is no saying what it is
   */
  @Override
  public ParsedSchema getSchemaBySubjectAndId(String subject, int id) throws RestClientException {
    Read last = read.get(subject);
    if (last == null || last.id() != id) {
      last = new Read(id, ask(subject, id));
      read.put(subject, last);
    }
    return last.schema();
  }

  private ParsedSchema ask(String subject, int id) throws RestClientException {
    if (id < 0) {
      // Not every registry has an answer of its own to what cannot be an id.
      throw new RestClientException("Schema " + id + " not found", NOT_FOUND, SCHEMA_NOT_FOUND);
    }
    try {
      return super.getSchemaBySubjectAndId(subject, id);
    } catch (RestClientException e) {
      if (isUnknown(e)) {
        throw e;
      }
      throw new RegistryUnavailableException(registryUrl, e);
    } catch (SerializationException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The latter of a login whose token cannot be had.
      throw new RegistryUnavailableException(registryUrl, e);
    }
  }

  /** A proxy without a registry behind it answers 404 as well, but not with a registry's code. */
  private static boolean isUnknown(RestClientException answer) {
    return answer.getStatus() == NOT_FOUND && answer.getErrorCode() / CODES_PER_STATUS == NOT_FOUND;
  }

  /** Has a schema that Avro cannot read fail otherwise than a connection, as an IOException. */
  @Override
  public Optional<ParsedSchema> parseSchema(Schema schema) {
    Optional<ParsedSchema> parsed = super.parseSchema(schema);
    if (parsed.isEmpty()) {
      throw new SerializationException("Schema %d is none of Avro's".formatted(schema.getId()));
    }
    return parsed;
  }

  @Override
  public synchronized void reset() {
    written.clear();
    read.clear();
    super.reset();
  }
}
