package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each version of each topic's schema, beside every other: this release reads what earlier ones
 * wrote (BACKWARD), and they read what it writes (FORWARD).
 */
class GoldenRecordsTest {

  private static final Pipeline PIPELINE = new Pipeline("golden-test");
  private static final int FRAMING_BYTES = 5;

  /** From before soft labels had other forms than dense logits, which is all these read. */
  private static final Set<String> READ_NOT_ALL_OF_TODAY =
      Set.of("soft-labels/1", "training-examples/1");

  /** Made by hand, with digests that a codec's checks refuse. */
  private static final String OF_MADE_UP_DIGESTS = "checkpoints/1";

  private final WireFormat wire = new WireFormat("mock://golden-test");
  private final SchemaRegistryClient registry = MockSchemaRegistry.getClientForScope("golden-test");

  static List<Topic<?>> topics() {
    return Topics.all();
  }

  static List<GoldenRecord> records() {
    return GoldenRecord.all();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void shouldHaveARecordOfTodaysSchema(Topic<?> topic) throws Exception {
    int versions = GoldenRecord.of(topic).size();
    String today = withoutDocumentation(topic.schema());

    assertThat(versions == 0 ? "" : withoutDocumentation(GoldenRecord.newest(topic).schema()))
        .as(
            "The newest of %d golden schemas of %s, which is not today's. Leave it, and add to"
                + " src/test/resources/golden/%s: %d.avsc, with the schema below, and %d.hex, a"
                + " record of a running pipeline (docs/upgrade.md)",
            versions, topic.suffix(), topic.suffix(), versions + 1, versions + 1)
        .isEqualTo(today);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldReadWhatWasWritten(GoldenRecord golden) throws Exception {
    if (golden.toString().equals(OF_MADE_UP_DIGESTS)) {
      assertThat(golden.read(golden.topic().type())).isNotNull();
    } else {
      assertThat(decode(golden.topic(), golden)).isInstanceOf(golden.topic().type());
    }
  }

  @ParameterizedTest
  @MethodSource("topics")
  <T extends SpecificRecord> void shouldWriteTheSameBytes(Topic<T> topic) throws Exception {
    GoldenRecord golden = GoldenRecord.newest(topic);
    T record = decode(topic, golden);
    wire.register(topic, PIPELINE);

    byte[] written = wire.codec(topic, PIPELINE).encode(record);

    byte[] body = Arrays.copyOfRange(written, FRAMING_BYTES, written.length);
    assertThat(body).hasSameSizeAs(golden.body());
    assertThat(withSortedMaps(topic.schema(), body))
        .isEqualTo(withSortedMaps(golden.schema(), golden.body()));
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldBeReadByEarlierReleases(GoldenRecord earlier) throws Exception {
    GoldenRecord today = GoldenRecord.newest(earlier.topic());

    GenericRecord read =
        new GenericDatumReader<GenericRecord>(today.schema(), earlier.schema())
            .read(null, DecoderFactory.get().binaryDecoder(today.body(), null));

    assertThat(read.getSchema()).isEqualTo(earlier.schema());
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldBeCompatibleWithEveryOtherVersion(GoldenRecord earlier) {
    for (GoldenRecord later : GoldenRecord.of(earlier.topic())) {
      if (later.version() > earlier.version()) {
        assertReads(later, earlier);
        if (!READ_NOT_ALL_OF_TODAY.contains(earlier.toString())) {
          assertReads(earlier, later);
        }
      }
    }
  }

  private static void assertReads(GoldenRecord reader, GoldenRecord writer) {
    assertThat(
            SchemaCompatibility.checkReaderWriterCompatibility(reader.schema(), writer.schema())
                .getResult()
                .getIncompatibilities())
        .as("what keeps %s from reading records of %s", reader, writer)
        .isEmpty();
  }

  private <T extends SpecificRecord> T decode(Topic<T> topic, GoldenRecord golden)
      throws Exception {
    int id = registry.register(topic.subject(PIPELINE), new AvroSchema(golden.schema()));
    return wire.codec(topic, PIPELINE).decode(golden.framed(id));
  }

  /** What readers and writers go by, to be put into a golden schema. */
  private static String withoutDocumentation(Schema schema) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    JsonNode root = json.readTree(schema.toString());
    root.findParents("doc").forEach(described -> ((ObjectNode) described).remove("doc"));
    return json.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /** Maps are written in any order. */
  private static byte[] withSortedMaps(Schema schema, byte[] body) throws IOException {
    GenericData sorting =
        new GenericData() {
          @Override
          public Object newMap(Object old, int size) {
            return new TreeMap<>();
          }
        };
    Object record =
        new GenericDatumReader<>(schema, schema, sorting)
            .read(null, DecoderFactory.get().binaryDecoder(body, null));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<>(schema, sorting).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
