package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.Input;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TopKLogits;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.TopKTarget;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
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
  private final Codec<HeldOutExample> heldOut = wire.codec(Topics.HELD_OUT, PIPELINE);
  private final ExampleReader reader = reader(Divergence.FORWARD_KL, 0);

  private static final SampledClasses DRAWN =
      SampledCodec.encode(
          3, 4, 2, new int[] {2, 0}, new float[] {0.75f, 0.25f}, new float[] {-0.5f, -1.5f});

  /** 0.5 and -2. */
  private static final ByteBuffer HALVES =
      ByteBuffer.wrap(new byte[] {0, 0x38, 0, (byte) 0xc0}).asReadOnlyBuffer();

  private ExampleReader reader(Divergence divergence, int dimension) {
    return reader(divergence, dimension, ExampleReader.Selection.ALL);
  }

  private ExampleReader reader(
      Divergence divergence, int dimension, ExampleReader.Selection selection) {
    return new ExampleReader(
        PIPELINE,
        codec,
        new TargetReader(LABELS, divergence, dimension),
        TOKENIZER,
        8,
        "own",
        selection,
        heldOut);
  }

  private static TrainingExample.Builder example(String text, Object distribution) {
    return example(text).setTeachers(List.of(opinion(distribution)));
  }

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
  void shouldMarkTheStudentsOwnHardExamples() {
    assertThat(usable(example("small")).augmented()).isFalse();
    assertThat(usable(example("small").setAugmentation(madeBy("own"))).augmented()).isTrue();
  }

  @Test
  void shouldTakeSyntheticTextsWhicheverStudentTheyWereChosenFor() {
    for (String model : List.of("own", "other")) {
      Augmentation mark = new Augmentation(AugmentationKind.SYNTHETIC, "run", model, 0L);

      Example synthetic = usable(example("small").setAugmentation(mark));

      assertThat(synthetic.synthetic()).isTrue();
      assertThat(synthetic.live()).isFalse();
      assertThat(synthetic.augmented()).isFalse();
    }
  }

  @Test
  void shouldTellCorrectionsFromTraffic() {
    assertThat(usable(example("small")).live()).isTrue();

    Example correction = usable(example("small").setCorrection(true));

    assertThat(correction.corrected()).isTrue();
    assertThat(correction.truth()).isEqualTo(1);
  }

  @Test
  void shouldPassOverTheSameShareOfWhatTeachersAgreeOn() {
    ExampleReader choosy =
        reader(
            Divergence.FORWARD_KL,
            0,
            new ExampleReader.Selection(HeldOutRule.NONE, new AgreementRule(0.1, 0.25)));
    int learned = 0;
    for (int i = 0; i < 1_000; i++) {
      TrainingExample.Builder agreed = example("small").setRequestId("id-" + i);
      Arrival arrival = choosy.read(record(codec.encode(agreed.setDisagreement(0.05).build())));
      assertThat(choosy.read(record(codec.encode(agreed.build())))).hasSameClassAs(arrival);
      learned += arrival instanceof Arrival.Usable ? 1 : 0;
    }

    // 250, give or take 4 standard deviations.
    assertThat(learned).isBetween(195, 305);
    assertThat(usable(choosy, example("small").setDisagreement(0.1)).live()).isTrue();
    assertThat(usable(choosy, example("small")).live()).isTrue();
  }

  @Test
  void shouldLearnEveryCorrectionOfWhatTeachersAgreeOn() {
    ExampleReader choosy =
        reader(
            Divergence.FORWARD_KL,
            0,
            new ExampleReader.Selection(HeldOutRule.NONE, new AgreementRule(1, 0)));

    assertThat(choosy.read(record(codec.encode(example("small").setDisagreement(0.5).build()))))
        .isEqualTo(new Arrival.Agreed(3, 42));
    assertThat(
            usable(choosy, example("small").setDisagreement(0.5).setCorrection(true)).corrected())
        .isTrue();
  }

  @Test
  void shouldPassOverOtherStudentsHardExamples() {
    TrainingExample other = example("small").setAugmentation(madeBy("other")).build();
    assertThat(reader.read(record(codec.encode(other)))).isEqualTo(new Arrival.Nothing(3, 42));
  }

  private static Augmentation madeBy(String model) {
    return new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "source", model, 1L);
  }

  @Test
  void shouldRefuseAnotherLabelSpace() {
    assertThat(reason(example("small").setLabelSpace("0123")))
        .contains("0123", LABELS.fingerprint());
  }

  @Test
  void shouldReadTheLargestLogits() {
    Example example = usable(example("small", TopKCodec.encode(new float[] {1, 2, -1}, 2)));

    assertThat(example.target())
        .isInstanceOfSatisfying(
            TopKTarget.class,
            topK -> {
              assertThat(topK.indices()).containsExactly(1, 0);
              assertThat(topK.logits()).containsExactly(2, 1);
              assertThat(topK.tailLogMass()).isEqualTo(-1);
            });
  }

  @Test
  void shouldReadDraws() {
    Example example = usable(example("small", DRAWN));

    assertThat(example.target())
        .isInstanceOfSatisfying(
            SampledTarget.class,
            drawn -> {
              assertThat(drawn.answer()).isEqualTo(2);
              assertThat(drawn.indices()).containsExactly(2, 0);
              assertThat(drawn.weights()).containsExactly(0.75f, 0.25f);
            });
  }

  @Test
  void shouldRefuseDrawsThatTellNothingOfTheDivergence() {
    assertThat(reason(reader(Divergence.REVERSE_KL, 0), example("small", DRAWN)))
        .contains("teacher teacher: sampled classes estimate the forward KL alone");
  }

  @Test
  void shouldRefuseMalformedDistributions() {
    TopKLogits topK = TopKCodec.encode(new float[] {1, 2, -1}, 2);
    ByteBuffer twice = ByteBuffer.wrap(new byte[8]);
    assertThat(
            reason(
                example(
                    "small", new TopKLogits(3, 2, twice, topK.getLogits(), topK.getTailLogMass()))))
        .contains("teacher teacher: class 0 is named twice");
    assertThat(
            reason(
                example(
                    "small",
                    new TopKLogits(
                        3, 4, topK.getIndices(), topK.getLogits(), topK.getTailLogMass()))))
        .contains("keep 4 of 3 classes");
    assertThat(reason(example("small", TopKCodec.encode(new float[] {1, 2}, 1))))
        .contains("2 classes, expected 3");
    assertThat(
            reason(
                example(
                    "small",
                    SampledCodec.encode(
                        3, 1, 7, new int[] {0}, new float[] {1}, new float[] {-1}))))
        .contains("class 7 of 3 classes");
  }

  @Test
  void shouldPoolSeveralTeachersByTheirWeights() {
    TeacherOpinion dense = opinion(LogitsCodec.encode(new float[] {3, 0, 1}));
    TeacherOpinion other = opinion(LogitsCodec.encode(new float[] {1, 2, -1}));

    assertThat(pooled(dense, other)).containsExactly(2, 1, 0);
    assertThat(pooled(weighing(dense, 0.75), weighing(other, 0.25)))
        .containsExactly(2.5f, 0.5f, 0.5f);
  }

  @Test
  void shouldPoolDrawsWithOtherForms() {
    TeacherOpinion dense = opinion(LogitsCodec.encode(new float[] {3, 0, 1}));

    // The draws leave 1 - exp(-0.5) - exp(-1.5) to class 1.
    double tail = Math.log(1 - Math.exp(-0.5) - Math.exp(-1.5));
    assertThat(pooled(dense, opinion(DRAWN)))
        .containsExactly(
            new float[] {(3 - 1.5f) / 2, (float) tail / 2, (1 - 0.5f) / 2}, within(1e-5f));
    assertThat(
            usable(
                    reader(Divergence.REVERSE_KL, 0),
                    example("small").setTeachers(List.of(dense, opinion(DRAWN))))
                .target())
        .isInstanceOf(DenseTarget.class);
  }

  @Test
  void shouldNameTheTeacherThatCannotBePooled() {
    TeacherOpinion dense = opinion(LogitsCodec.encode(new float[] {3, 0, 1}));
    TeacherOpinion narrow = opinion(LogitsCodec.encode(new float[] {1, 2}));

    assertThat(reason(example("small").setTeachers(List.of(dense, narrow))))
        .contains("teacher teacher: a distribution over 2 classes, expected 3");
    assertThat(reason(example("small").setTeachers(List.of(dense, weighing(dense, Double.NaN)))))
        .contains("teachers.weight is NaN, expected 0 to 1");
  }

  private float[] pooled(TeacherOpinion... opinions) {
    Example example = usable(example("small").setTeachers(List.of(opinions)));
    return ((DenseTarget) example.target()).logits();
  }

  private static TeacherOpinion weighing(TeacherOpinion opinion, double weight) {
    return TeacherOpinion.newBuilder(opinion).setWeight(weight).build();
  }

  @Test
  void shouldReadTheEmbeddingOfTheOneTeacherThatGivesOne() {
    TeacherOpinion plain = opinion(LogitsCodec.encode(new float[] {1, 2, -1}));
    TeacherOpinion embedded = TeacherOpinion.newBuilder(plain).setEmbedding(HALVES).build();
    ExampleReader wanting = reader(Divergence.FORWARD_KL, 2);

    assertThat(embedding(wanting, embedded)).containsExactly(0.5f, -2);
    assertThat(embedding(wanting, plain, embedded)).containsExactly(0.5f, -2);
    assertThat(embedding(wanting, plain)).isEmpty();
    assertThat(embedding(wanting, embedded, embedded)).isEmpty();
    assertThat(embedding(reader, embedded)).isEmpty();
    assertThat(
            reason(
                reader(Divergence.FORWARD_KL, 3), example("small").setTeachers(List.of(embedded))))
        .contains("an embedding of 2 values, expected 3");
  }

  private float[] embedding(ExampleReader wanting, TeacherOpinion... opinions) {
    return usable(wanting, example("small").setTeachers(List.of(opinions))).embedding();
  }

  @Test
  void shouldRefuseWhatItCannotLearnFrom() {
    assertThat(reason(example("small").setPositions(2))).contains("2 positions");
    assertThat(reason(example("small").setInput(new Input(null)))).contains("no text");
    assertThat(reason(example("small").setGroundTruth("d"))).contains("\"d\"");
    assertThat(reason(example("small").setTeachers(List.of()))).contains("teachers is empty");
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

    ProducerRecord<String, byte[]> letter = letter(reader, poison);

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
            Instant.EPOCH,
            null,
            null,
            null,
            false));
  }

  private static TeacherOpinion opinion(Object distribution) {
    return new TeacherOpinion("teacher", "v1", distribution, null, null);
  }

  private Example usable(TrainingExample.Builder example) {
    return usable(reader, example);
  }

  private Example usable(ExampleReader reader, TrainingExample.Builder example) {
    Arrival arrival = reader.read(record(codec.encode(example.build())));
    assertThat(arrival).isInstanceOf(Arrival.Usable.class);
    return ((Arrival.Usable) arrival).example();
  }

  private String reason(TrainingExample.Builder example) {
    return reason(reader, example);
  }

  private String reason(ExampleReader reader, TrainingExample.Builder example) {
    ProducerRecord<String, byte[]> letter = letter(reader, codec.encode(example.build()));
    return new String(
        letter.headers().lastHeader(DeadLetters.ERROR).value(), StandardCharsets.UTF_8);
  }

  private static ProducerRecord<String, byte[]> letter(ExampleReader reader, byte[] value) {
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
