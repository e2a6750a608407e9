package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.wire.hostile.HostileRecords;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes stand on a topic, decoding says either what they are or that they are none. {@code
 * -Dfuzz.records=100000} tries more of them on each topic.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CodecFuzzTest {
  private static final int RECORDS = Integer.getInteger("fuzz.records", 5_000);
  private static final Pipeline PIPELINE = new Pipeline("fuzz-test");

  private final WireFormat wire = new WireFormat("mock://fuzz-test");

  static List<Topic<?>> topics() {
    return Topics.all();
  }

  @BeforeAll
  void register() {
    Topics.all().forEach(topic -> wire.register(topic, PIPELINE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("topics")
  <T extends SpecificRecord> void shouldDecodeOrRefuse(Topic<T> topic) throws Exception {
    SchemaRegistryClient registry = MockSchemaRegistry.getClientForScope("fuzz-test");
    int id = registry.getLatestSchemaMetadata(topic.subject(PIPELINE)).getId();
    Codec<T> codec = wire.codec(topic, PIPELINE);
    for (long seed = 0; seed < RECORDS; seed++) {
      byte[] value = new HostileRecords(topic.schema(), id, seed).next();
      try {
        assertThat(codec.decode(value)).isInstanceOf(topic.type());
      } catch (UndecodableRecordException e) {
        assertThat(e).hasMessageContaining(topic.in(PIPELINE));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "Seed %d of %s, %s".formatted(seed, topic.suffix(), HexFormat.of().formatHex(value)),
            e);
      }
    }
  }
}
