package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that a reader holds out. */
class HeldOutReaderTest {
  private static final Pipeline PIPELINE = new Pipeline("held-out-test");
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b", "c"));
  private static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "small"));

  /** One of twenty are held out; this is one of them, request-26 is none. */
  private static final String HELD_OUT = "request-27";

  private final WireFormat wire = new WireFormat("mock://held-out-test");
  private final Codec<TrainingExample> codec = wire.codec(Topics.TRAINING_EXAMPLES, PIPELINE);
  private final Codec<HeldOutExample> copies = wire.codec(Topics.HELD_OUT, PIPELINE);
  private final ExampleReader reader =
      new ExampleReader(
          PIPELINE,
          codec,
          new TargetReader(LABELS, Divergence.FORWARD_KL, 0),
          TOKENIZER,
          8,
          "own",
          new ExampleReader.Selection(new HeldOutRule(20), AgreementRule.NONE),
          copies);

  @BeforeEach
  void register() throws Exception {
    TrainingExample example = example(HELD_OUT).build();
    register(Topics.TRAINING_EXAMPLES.subject(PIPELINE), example);
    register(Topics.HELD_OUT.subject(PIPELINE), new HeldOutExample("own", example));
  }

  private static void register(String subject, SpecificRecord record) throws Exception {
    MockSchemaRegistry.getClientForScope("held-out-test")
        .register(subject, new AvroSchema(AvroSchemaUtils.getSchema(record, false, false, true)));
  }

  @AfterEach
  void close() {
    wire.close();
    MockSchemaRegistry.dropScope("held-out-test");
  }

  @Test
  void shouldHoldOutWhatTheRuleSaysWithACopyForOthers() throws Exception {
    TrainingExample example = example(HELD_OUT).build();

    Arrival.HeldOut kept = (Arrival.HeldOut) read(example);

    assertThat(kept.partition()).isEqualTo(3);
    assertThat(kept.offset()).isEqualTo(42);
    assertThat(kept.example().tokens()).containsExactly(2, 4, 3);
    assertThat(kept.example().target().answer()).isEqualTo(1);
    assertThat(kept.example().truth()).isEqualTo(2);
    ProducerRecord<String, byte[]> copy = kept.copy().orElseThrow();
    assertThat(copy.topic()).isEqualTo("held-out-test.held-out");
    assertThat(copy.key()).isEqualTo(HELD_OUT);
    assertThat(copies.decode(copy.value())).isEqualTo(new HeldOutExample("own", example));
  }

  @Test
  void shouldLearnAllOthers() {
    assertThat(read(example("request-26").build())).isInstanceOf(Arrival.Usable.class);
  }

  @Test
  void shouldLearnAHardExampleWhateverItsId() {
    assertThat(read(example(HELD_OUT).setAugmentation(madeBy("own")).build()))
        .isInstanceOfSatisfying(
            Arrival.Usable.class, usable -> assertThat(usable.example().augmented()).isTrue());
    assertThat(
            read(
                example(HELD_OUT)
                    .setAugmentation(new Augmentation(AugmentationKind.SYNTHETIC, "run", "own", 0L))
                    .build()))
        .isInstanceOfSatisfying(
            Arrival.Usable.class, usable -> assertThat(usable.example().synthetic()).isTrue());
    assertThat(read(example(HELD_OUT).setAugmentation(madeBy("other")).build()))
        .isInstanceOf(Arrival.Nothing.class);
  }

  @Test
  void shouldNotLearnTheCorrectionOfAHeldOutRequest() {
    assertThat(read(example(HELD_OUT).setCorrection(true).build()))
        .isEqualTo(new Arrival.Nothing(3, 42));
  }

  @Test
  void shouldHoldOutWhetherTeachersAgreeOrNot() {
    assertThat(read(example(HELD_OUT).setDisagreement(0.0).build()))
        .isInstanceOf(Arrival.HeldOut.class);
  }

  private static Augmentation madeBy(String model) {
    return new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "source", model, 1L);
  }

  @Test
  void shouldRefuseWhatNobodyCanBeScoredOn() {
    assertThat(read(example(HELD_OUT).setLabelSpace("other").build()))
        .isInstanceOf(Arrival.Refused.class);
  }

  private Arrival read(TrainingExample example) {
    return reader.read(
        new ConsumerRecord<>(
            "held-out-test.training-examples", 3, 42, "id", codec.encode(example)));
  }

  private static TrainingExample.Builder example(String id) {
    return TrainingExample.newBuilder(
        new TrainingExample(
            id,
            new Input("small"),
            LABELS.fingerprint(),
            1,
            List.of(
                new TeacherOpinion(
                    "teacher", "v1", LogitsCodec.encode(new float[] {1, 2, -1}), null, null)),
            "c",
            Instant.EPOCH,
            Instant.EPOCH,
            null,
            null,
            null,
            false));
  }
}
