package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** A process that knows the first golden schema of a topic alone, as one that was built with it. */
final class EarlierRelease implements AutoCloseable {

  private static final int CACHED_SCHEMAS = 10;

  private final GoldenRecord golden;
  private final Pipeline pipeline;
  private final String registryUrl;
  private final KafkaAvroSerializer serializer = new KafkaAvroSerializer();
  private final KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();

  EarlierRelease(Topic<?> topic, Pipeline pipeline, String registryUrl) {
    this.golden = GoldenRecord.of(topic).get(0);
    this.pipeline = pipeline;
    this.registryUrl = registryUrl;
    Map<String, Object> settings =
        Map.of(
            "schema.registry.url", registryUrl,
            "auto.register.schemas", false,
            "avro.remove.java.properties", true);
    serializer.configure(settings, false);
    deserializer.configure(settings, false);
  }

  /**
   * Registers its schema, as it does at each start.
   *
   * @return the schema's id
   */
  int register() throws Exception {
    try (SchemaRegistryClient registry =
        new CachedSchemaRegistryClient(registryUrl, CACHED_SCHEMAS)) {
      AvroSchema schema = new AvroSchema(AvroSchemaUtils.getSchema(record(), false, false, true));
      return registry.register(golden.topic().subject(pipeline), schema);
    }
  }

  /** Its golden record, as it writes it. */
  byte[] encoded() throws IOException {
    return Objects.requireNonNull(serializer.serialize(golden.topic().in(pipeline), record()));
  }

  /** Anything that it finds on its topic, as it reads it. */
  GenericRecord decode(byte[] value) {
    return (GenericRecord)
        deserializer.deserialize(golden.topic().in(pipeline), value, golden.schema());
  }

  GenericRecord record() throws IOException {
    return new GenericDatumReader<GenericRecord>(golden.schema())
        .read(null, DecoderFactory.get().binaryDecoder(golden.body(), null));
  }

  @Override
  public void close() {
    serializer.close();
    deserializer.close();
  }
}
