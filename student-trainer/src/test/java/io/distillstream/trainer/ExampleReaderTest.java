package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TopKLogits;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.LogitsCodec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExampleReaderTest {
  private static final Pipeline PIPELINE = new Pipeline("reader-test");
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b", "c"));
  private static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "small", "model", "##s"));

  private final WireFormat wire = new WireFormat("mock://reader-test");
  private final Codec<TrainingExample> codec = wire.codec(Topics.TRAINING_EXAMPLES, PIPELINE);
  private final ExampleReader reader = new ExampleReader(PIPELINE, codec, LABELS, TOKENIZER, 8);

  @BeforeEach
  void register() throws Exception {
    MockSchemaRegistry.getClientForScope("reader-test")
        .register(
            Topics.TRAINING_EXAMPLES.subject(PIPELINE),
            new AvroSchema(AvroSchemaUtils.getSchema(example("").build(), false, false, true)));
  }

  @AfterEach
  void close() {
    wire.close();
    MockSchemaRegistry.dropScope("reader-test");
  }

  @Test
  void shouldTokenizeAndDecode() {
    Example example = usable(example("small models"));

    assertThat(example.tokens()).containsExactly(2, 4, 5, 6, 3);
    assertThat(example.target())
        .isInstanceOfSatisfying(
            DenseTarget.class, dense -> assertThat(dense.logits()).containsExactly(1, 2, -1));
    assertThat(example.truth()).isEqualTo(1);
    assertThat(example.teacherVersions()).containsEntry("teacher", "v1");
    assertThat(example.receivedAt()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void shouldKnowThatTheTruthIsNotKnown() {
    assertThat(usable(example("small").setGroundTruth(null)).truth()).isEqualTo(-1);
  }

  @Test
  void shouldRefuseAnotherLabelSpace() {
    assertThat(reason(example("small").setLabelSpace("0123")))
        .contains("0123")
        .contains(LABELS.fingerprint());
  }

  @Test
  void shouldRefuseTopKLogits() {
    ByteBuffer none = ByteBuffer.allocate(0);
    TopKLogits topK = new TopKLogits(3, 0, none, none.duplicate(), none.duplicate());

    assertThat(reason(example("small").setTeachers(List.of(opinion(topK)))))
        .contains("top-k logits, which are not supported yet");
  }

  @Test
  void shouldRefuseWhatItCannotLearnFrom() {
    assertThat(reason(example("small").setPositions(2))).contains("2 positions");
    assertThat(reason(example("small").setInput(new Input(null)))).contains("no text");
    assertThat(reason(example("small").setGroundTruth("d"))).contains("\"d\"");
    assertThat(reason(example("small").setTeachers(List.of()))).contains("no teacher");
    DenseLogits narrow = LogitsCodec.encode(new float[] {1, 2});
    assertThat(reason(example("small").setTeachers(List.of(opinion(narrow)))))
        .contains("2 classes, expected 3");
    DenseLogits torn = new DenseLogits(3, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(reason(example("small").setTeachers(List.of(opinion(torn)))))
        .contains("need 6 bytes, found 3");
  }

  @Test
  void shouldSendPoisonToTheDeadLettersWithItsOrigin() {
    byte[] poison = {1, 2, 3, 4, 5, 6};

    ProducerRecord<String, byte[]> letter = letter(poison);

    assertThat(letter.topic()).isEqualTo("reader-test.dead-letters");
    assertThat(letter.value()).isEqualTo(poison);
    assertThat(
            new String(
                letter.headers().lastHeader(DeadLetters.OFFSET).value(), StandardCharsets.UTF_8))
        .isEqualTo("42");
  }

  private static TrainingExample.Builder example(String text) {
    return TrainingExample.newBuilder(
        new TrainingExample(
            "id",
            new Input(text),
            LABELS.fingerprint(),
            1,
            List.of(opinion(LogitsCodec.encode(new float[] {1, 2, -1}))),
            "b",
            Instant.EPOCH,
            Instant.EPOCH));
  }

  private static TeacherOpinion opinion(Object distribution) {
    return new TeacherOpinion("teacher", "v1", distribution);
  }

  private Example usable(TrainingExample.Builder example) {
    Arrival arrival = reader.read(record(codec.encode(example.build())));
    assertThat(arrival).isInstanceOf(Arrival.Usable.class);
    return ((Arrival.Usable) arrival).example();
  }

  private String reason(TrainingExample.Builder example) {
    ProducerRecord<String, byte[]> letter = letter(codec.encode(example.build()));
    return new String(
        letter.headers().lastHeader(DeadLetters.ERROR).value(), StandardCharsets.UTF_8);
  }

  private ProducerRecord<String, byte[]> letter(byte[] value) {
    Arrival arrival = reader.read(record(value));
    assertThat(arrival).isInstanceOf(Arrival.Refused.class);
    assertThat(arrival.partition()).isEqualTo(3);
    assertThat(arrival.offset()).isEqualTo(42);
    return ((Arrival.Refused) arrival).letter();
  }

  private static ConsumerRecord<String, byte[]> record(byte[] value) {
    return new ConsumerRecord<>("reader-test.training-examples", 3, 42, "id", value);
  }
}
