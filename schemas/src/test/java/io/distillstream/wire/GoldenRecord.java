package io.distillstream.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * A record as it stood on a topic, and the schema that it was written with: {@code
 * golden/TOPIC/VERSION.hex}, what followed the registry's framing, and {@code VERSION.avsc}. They
 * are never changed: logs outlive programs.
 *
 * @param version of the topic's schema, from 1
 * @param hex the record in Avro's binary form
 */
record GoldenRecord(Topic<?> topic, int version, Schema schema, String hex) {

  private static final int MAGIC_AND_ID_BYTES = 5;

  /** Of every topic. */
  static List<GoldenRecord> all() {
    return Topics.all().stream().flatMap(topic -> of(topic).stream()).toList();
  }

  /** Of one topic, the oldest first. */
  static List<GoldenRecord> of(Topic<?> topic) {
    List<GoldenRecord> records = new ArrayList<>();
    for (int version = 1; ; version++) {
      String name = "/golden/%s/%d".formatted(topic.suffix(), version);
      Optional<String> schema = resource(name + ".avsc");
      if (schema.isEmpty()) {
        return records;
      }
      records.add(
          new GoldenRecord(
              topic,
              version,
              new Schema.Parser().parse(schema.get()),
              resource(name + ".hex")
                  .orElseThrow(() -> new IllegalStateException(name + ".hex is missing"))
                  .replaceAll("\\s", "")));
    }
  }

  /** The newest of a topic that has one. */
  static GoldenRecord newest(Topic<?> topic) {
    List<GoldenRecord> records = of(topic);
    return records.get(records.size() - 1);
  }

  /** As today's reader of the registry's records would. */
  <T extends SpecificRecord> T read(Class<T> type) throws IOException {
    SpecificData data = SpecificData.getForClass(type);
    return new SpecificDatumReader<T>(schema, data.getSchema(type), data)
        .read(null, DecoderFactory.get().binaryDecoder(body(), null));
  }

  byte[] body() {
    return HexFormat.of().parseHex(hex);
  }

  /** The value as it is on a topic whose registry knows the schema under an id. */
  byte[] framed(int schemaId) {
    byte[] body = body();
    return ByteBuffer.allocate(MAGIC_AND_ID_BYTES + body.length)
        .put((byte) 0)
        .putInt(schemaId)
        .put(body)
        .array();
  }

  private static Optional<String> resource(String name) {
    try (InputStream in = GoldenRecord.class.getResourceAsStream(name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What reports of tests call it. */
  @Override
  public String toString() {
    return topic.suffix() + "/" + version;
  }
}
