package io.distillstream.joiner;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.trace.Spans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * The joiner's topology under Kafka's test driver, with its topics at hand and its clock to turn.
 */
final class DrivenTopology implements AutoCloseable {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Duration WAIT = Duration.ofSeconds(2);
  static final LabelSpace LABELS = new LabelSpace(List.of("noun.animal", "noun.plant"));
  static final Duration RETENTION = Duration.ofHours(1);

  private static final String REGISTRY = "joiner-topology-test";
  private static final Pipeline PIPELINE = new Pipeline("joiner-test");

  private final WireFormat wire = new WireFormat("mock://" + REGISTRY);
  private final Codec<TrainingExample> exampleCodec =
      wire.codec(Topics.TRAINING_EXAMPLES, PIPELINE);

  final Codec<SoftLabel> softLabelCodec = wire.codec(Topics.SOFT_LABELS, PIPELINE);
  final Codec<GroundTruth> truthCodec = wire.codec(Topics.GROUND_TRUTH, PIPELINE);
  final List<JoinEvent> events = new ArrayList<>();
  final TopologyTestDriver driver;
  final TestInputTopic<String, byte[]> softLabels;
  final TestInputTopic<String, byte[]> groundTruth;
  final TestOutputTopic<String, byte[]> examples;
  final TestOutputTopic<String, byte[]> deadLetters;

  DrivenTopology(int expectedTeachers) {
    this(expectedTeachers, Spans.none());
  }

  DrivenTopology(int expectedTeachers, Spans spans) {
    this(new JoinerSettings(WAIT, expectedTeachers, WAIT, RETENTION, 1), spans);
  }

  DrivenTopology(JoinerSettings settings) {
    this(settings, Spans.none());
  }

  private DrivenTopology(JoinerSettings settings, Spans spans) {
    registerSchemas();
    driver =
        new TopologyTestDriver(
            JoinerTopology.build(settings, Optional.of(LABELS), PIPELINE, wire, events::add, spans),
            new Properties(),
            START);
    softLabels = input(softLabelCodec.topic());
    groundTruth = input(truthCodec.topic());
    examples = output(exampleCodec.topic());
    deadLetters = output(PIPELINE.deadLetters());
  }

  void advance(Duration time) {
    driver.advanceWallClockTime(time);
  }

  TrainingExample onlyExample() throws UndecodableRecordException {
    List<TrainingExample> all = allExamples();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  /** All that were not read yet. */
  List<TrainingExample> allExamples() throws UndecodableRecordException {
    List<TrainingExample> all = new ArrayList<>();
    for (byte[] value : examples.readValuesToList()) {
      all.add(exampleCodec.decode(value));
    }
    return all;
  }

  /** A teacher's answer of two classes in the label space of {@link #LABELS}. */
  void say(String id, String teacher, double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = (float) Math.log(probabilities[c]);
    }
    SoftLabel label =
        SoftLabel.newBuilder(label(id, teacher, LABELS.fingerprint()))
            .setDistribution(LogitsCodec.encode(logits))
            .build();
    softLabels.pipeInput(id, softLabelCodec.encode(label));
  }

  void tell(String id, String label) {
    groundTruth.pipeInput(id, truth(id, label));
  }

  byte[] softLabel(String id, String teacher) {
    return softLabelCodec.encode(label(id, teacher, "space"));
  }

  static SoftLabel label(String id, String teacher, String space) {
    return new SoftLabel(
        id,
        new Input("text of " + id),
        teacher,
        "v1",
        space,
        1,
        LogitsCodec.encode(new float[] {0.5f, -1f}),
        START,
        START.plusSeconds(1),
        null,
        null);
  }

  byte[] truth(String id, String label) {
    return truthCodec.encode(new GroundTruth(id, label, START));
  }

  static String header(TestRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static void registerSchemas() {
    Topics.all()
        .forEach(
            topic -> {
              Object empty =
                  SpecificData.newInstance(
                      topic.type(), SpecificData.get().getSchema(topic.type()));
              try {
                MockSchemaRegistry.getClientForScope(REGISTRY)
                    .register(
                        topic.subject(PIPELINE),
                        new AvroSchema(AvroSchemaUtils.getSchema(empty, false, false, true)));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private TestInputTopic<String, byte[]> input(String topic) {
    return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    driver.close();
    wire.close();
  }
}
