package io.distillstream.joiner;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoinerTopologyTest {

  private static final String REGISTRY = "joiner-topology-test";
  private static final Pipeline PIPELINE = new Pipeline("joiner-test");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration RETENTION = Duration.ofHours(1);

  private final WireFormat wire = new WireFormat("mock://" + REGISTRY);
  private final List<JoinEvent> events = new ArrayList<>();
  private final Codec<SoftLabel> softLabelCodec = wire.codec(Topics.SOFT_LABELS, PIPELINE);
  private final Codec<GroundTruth> truthCodec = wire.codec(Topics.GROUND_TRUTH, PIPELINE);
  private final Codec<TrainingExample> exampleCodec =
      wire.codec(Topics.TRAINING_EXAMPLES, PIPELINE);

  private TopologyTestDriver driver = driver(1);
  private TestInputTopic<String, byte[]> softLabels = input(softLabelCodec.topic());
  private TestInputTopic<String, byte[]> groundTruth = input(truthCodec.topic());
  private TestOutputTopic<String, byte[]> examples = output(exampleCodec.topic());
  private TestOutputTopic<String, byte[]> deadLetters = output(PIPELINE.deadLetters());

  @AfterEach
  void close() {
    driver.close();
    wire.close();
  }

  @Test
  void shouldWaitForTruthAndEmitAtOnceWhenItArrives() throws Exception {
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.dividedBy(2));
    assertThat(examples.isEmpty()).isTrue();

    groundTruth.pipeInput("a", truth("a", "noun.animal"));

    TrainingExample example = onlyExample();
    assertThat(example.getRequestId()).isEqualTo("a");
    assertThat(example.getInput().getText()).isEqualTo("text of a");
    assertThat(example.getGroundTruth()).isEqualTo("noun.animal");
    assertThat(example.getReceivedAt()).isEqualTo(START);
    assertThat(example.getTeachers()).hasSize(1);
  }

  @Test
  void shouldEmitWithoutTruthWhenTheWaitIsOver() throws Exception {
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.minusMillis(1));
    assertThat(examples.isEmpty()).isTrue();

    driver.advanceWallClockTime(Duration.ofMillis(51));

    assertThat(onlyExample().getGroundTruth()).isNull();
  }

  @Test
  void shouldHandOnWhatIsNoTrafficWithItsMarkAndWithoutWaitingForTruth() throws Exception {
    Augmentation mark =
        new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "source", "student", 7L);
    SoftLabel plain = label("a", "minilm", "space", START.plusSeconds(1));

    softLabels.pipeInput(
        "a", softLabelCodec.encode(SoftLabel.newBuilder(plain).setAugmentation(mark).build()));

    TrainingExample example = onlyExample();
    assertThat(example.getAugmentation()).isEqualTo(mark);
    assertThat(example.getGroundTruth()).isNull();
  }

  @Test
  void shouldUseTruthThatCameBeforeTheLabel() throws Exception {
    groundTruth.pipeInput("a", truth("a", "noun.plant"));
    driver.advanceWallClockTime(RETENTION.minusMinutes(1));

    softLabels.pipeInput("a", softLabel("a", "minilm"));

    assertThat(onlyExample().getGroundTruth()).isEqualTo("noun.plant");
  }

  @Test
  void shouldUseTheNewestOfSeveralEarlyTruths() throws Exception {
    groundTruth.pipeInput("a", truth("a", "noun.plant"));
    driver.advanceWallClockTime(RETENTION.dividedBy(2));
    groundTruth.pipeInput("a", truth("a", "noun.food"));

    softLabels.pipeInput("a", softLabel("a", "minilm"));

    assertThat(onlyExample().getGroundTruth()).isEqualTo("noun.food");
  }

  @Test
  void shouldForgetEarlyTruthAfterItsRetention() throws Exception {
    groundTruth.pipeInput("a", truth("a", "noun.plant"));
    driver.advanceWallClockTime(RETENTION.multipliedBy(2));

    softLabels.pipeInput("a", softLabel("a", "minilm"));
    assertThat(examples.isEmpty()).isTrue();
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    assertThat(onlyExample().getGroundTruth()).isNull();
  }

  @Test
  void shouldCountTruthThatIsTooLate() {
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));
    groundTruth.pipeInput("a", truth("a", "noun.animal"));

    assertThat(examples.readKeyValuesToList()).hasSize(1);
    assertThat(events).containsExactly(JoinEvent.EXAMPLES_JOINED, JoinEvent.GROUND_TRUTH_LATE);
  }

  @Test
  void shouldDropAndCountDuplicatesWithinTheRetention() {
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(RETENTION);
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    assertThat(examples.readKeyValuesToList()).hasSize(1);
    assertThat(events)
        .containsExactly(
            JoinEvent.DUPLICATES_DROPPED,
            JoinEvent.EXAMPLES_JOINED,
            JoinEvent.DUPLICATES_DROPPED,
            JoinEvent.DUPLICATES_DROPPED);
  }

  @Test
  void shouldForgetJoinedIdsAfterTheRetention() {
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));
    driver.advanceWallClockTime(RETENTION.multipliedBy(2));
    softLabels.pipeInput("b", softLabel("b", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    try (KeyValueIterator<Windowed<String>, Long> remembered =
        driver.<String, Long>getWindowStore(JoinerTopology.JOINED).all()) {
      assertThat(remembered).toIterable().extracting(entry -> entry.key.key()).containsExactly("b");
    }
  }

  @Test
  void shouldJoinTeachersInOrderOfTheirIds() throws Exception {
    restart(2);
    groundTruth.pipeInput("a", truth("a", "noun.animal"));
    softLabels.pipeInput("a", softLabel("a", "zeta"));
    assertThat(examples.isEmpty()).isTrue();

    softLabels.pipeInput("a", softLabel("a", "alpha"));

    assertThat(onlyExample().getTeachers())
        .extracting(TeacherOpinion::getTeacherId)
        .containsExactly("alpha", "zeta");
  }

  @Test
  void shouldNotWaitForASilentTeacherForEver() throws Exception {
    restart(2);
    groundTruth.pipeInput("a", truth("a", "noun.animal"));
    softLabels.pipeInput("a", softLabel("a", "zeta"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    assertThat(onlyExample().getTeachers()).hasSize(1);
  }

  @Test
  void shouldRefuseAnOpinionFromAnotherLabelSpace() throws Exception {
    restart(2);
    byte[] stranger =
        softLabelCodec.encode(label("a", "alpha", "other-space", START.plusSeconds(1)));
    softLabels.pipeInput("a", softLabel("a", "zeta"));
    softLabels.pipeInput("a", stranger);
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    assertThat(onlyExample().getTeachers()).hasSize(1);
    TestRecord<String, byte[]> letter = deadLetters.readRecord();
    assertThat(letter.value()).isEqualTo(stranger);
    assertThat(header(letter, DeadLetters.ERROR)).contains("other-space").contains("alpha");
  }

  @Test
  void shouldSendUndecodableBytesToTheDeadLettersAndGoOn() {
    byte[] poison = {1, 2, 3};
    softLabels.pipeInput("a", softLabel("a", "minilm"));
    groundTruth.pipeInput("p", poison);
    softLabels.pipeInput("p", poison);
    softLabels.pipeInput("b", softLabel("b", "minilm"));
    driver.advanceWallClockTime(WAIT.plusMillis(50));

    assertThat(examples.readKeyValuesToList()).hasSize(2);
    List<TestRecord<String, byte[]>> letters = deadLetters.readRecordsToList();
    assertThat(letters).hasSize(2).allSatisfy(l -> assertThat(l.value()).isEqualTo(poison));
    assertThat(header(letters.get(0), DeadLetters.TOPIC)).isEqualTo(truthCodec.topic());
    assertThat(header(letters.get(1), DeadLetters.TOPIC)).isEqualTo(softLabelCodec.topic());
    assertThat(header(letters.get(1), DeadLetters.OFFSET)).isEqualTo("1");
  }

  @Test
  void shouldRefuseARecordUnderAnotherKey() {
    softLabels.pipeInput("b", softLabel("a", "minilm"));
    softLabels.pipeInput(new TestRecord<>(null, softLabel("a", "minilm")));

    assertThat(deadLetters.readRecordsToList())
        .extracting(letter -> header(letter, DeadLetters.ERROR))
        .containsExactly(
            "Its key is b, expected its request id a",
            "Its key is null, expected its request id a");
    assertThat(examples.isEmpty()).isTrue();
  }

  @Test
  void shouldNameEveryStore() {
    assertThat(driver.getAllStateStores())
        .containsOnlyKeys(
            JoinerTopology.PENDING, JoinerTopology.JOINED, JoinerTopology.EARLY_TRUTH);
  }

  private void restart(int expectedTeachers) {
    driver.close();
    driver = driver(expectedTeachers);
    softLabels = input(softLabelCodec.topic());
    groundTruth = input(truthCodec.topic());
    examples = output(exampleCodec.topic());
    deadLetters = output(PIPELINE.deadLetters());
  }

  private TopologyTestDriver driver(int expectedTeachers) {
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
    JoinerSettings settings = new JoinerSettings(WAIT, expectedTeachers, WAIT, RETENTION, 1);
    return new TopologyTestDriver(
        JoinerTopology.build(settings, PIPELINE, wire, events::add), new Properties(), START);
  }

  private TestInputTopic<String, byte[]> input(String topic) {
    return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private TrainingExample onlyExample() throws Exception {
    List<byte[]> all = examples.readValuesToList();
    assertThat(all).hasSize(1);
    return exampleCodec.decode(all.get(0));
  }

  private byte[] softLabel(String id, String teacher) {
    return softLabelCodec.encode(label(id, teacher, "space", START.plusSeconds(1)));
  }

  private static SoftLabel label(String id, String teacher, String space, Instant labelledAt) {
    return new SoftLabel(
        id,
        new Input("text of " + id),
        teacher,
        "v1",
        space,
        1,
        LogitsCodec.encode(new float[] {0.5f, -1f}),
        START,
        labelledAt,
        null,
        null);
  }

  private byte[] truth(String id, String label) {
    return truthCodec.encode(new GroundTruth(id, label, START));
  }

  private static String header(TestRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
