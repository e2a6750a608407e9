package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.payload.LogitsCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/**
 * Records written with the first schemas, or earlier ones, kept as {@code golden/*.hex} beside the
 * schema that wrote them, are read for ever: logs outlive programs.
 */
class SchemaEvolutionTest {

  @Test
  void shouldReadTheFirstSoftLabels() throws IOException {
    SoftLabel label = read("soft-label", SoftLabel.class, SoftLabel.getClassSchema());
    assertThat(label.getRequestId()).isEqualTo("id-1");
    assertThat(label.getInput().getText()).isEqualTo("a small dog");
    assertThat(LogitsCodec.decode((DenseLogits) label.getDistribution(), 1))
        .containsExactly(1.5f, -2, 0.25f);
    assertThat(label.getReceivedAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_000L, 123_000));
    assertThat(label.getEmbedding()).isNull();
    assertThat(label.getAugmentation()).isNull();
  }

  @Test
  void shouldReadTheFirstTrainingExamples() throws IOException {
    TrainingExample example =
        read("training-example", TrainingExample.class, TrainingExample.getClassSchema());
    assertThat(example.getGroundTruth()).isEqualTo("noun.animal");
    TeacherOpinion opinion = example.getTeachers().get(0);
    assertThat(opinion.getTeacherVersion()).isEqualTo("0123456789ab");
    assertThat(LogitsCodec.decode((DenseLogits) opinion.getDistribution(), 1))
        .containsExactly(1.5f, -2, 0.25f);
    assertThat(opinion.getEmbedding()).isNull();
    assertThat(example.getAugmentation()).isNull();
  }

  @Test
  void shouldReadCheckpointsFromBeforeTheAverageWasScored() throws IOException {
    Checkpoint checkpoint = read("checkpoint", Checkpoint.class, Checkpoint.getClassSchema());
    assertThat(checkpoint.getVersion()).isEqualTo(3);
    assertThat(checkpoint.getOffsets()).containsExactly(new OffsetRange(0, 20L, 30L));
    assertThat(checkpoint.getTraining().getPrequentialAccuracy()).isEqualTo(0.625);
    assertThat(checkpoint.getTraining().getPrequentialAveraged()).isNull();
    assertThat(checkpoint.getTraining().getLoss()).isEqualTo(1.25);
  }

  @Test
  void shouldReadUpdatesFromBeforeThereWereDeltas() throws IOException {
    ModelUpdate update = read("model-update", ModelUpdate.class, ModelUpdate.getClassSchema());
    assertThat(update.getVersion()).isEqualTo(7);
    assertThat(update.getArtifact().getFirstOffset()).isEqualTo(42);
    assertThat(update.getDeltas()).isEmpty();
    assertThat(update.getProbe().get(0).getLogits()).containsExactly(1.5f, -2f);
    assertThat(update.getPublishedAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_001));
  }

  /** Devices of an earlier release read what is published today. */
  @Test
  void shouldWriteUpdatesThatEarlierDevicesRead() throws IOException {
    Schema then = new Schema.Parser().parse(resource("model-update.avsc"));

    assertThat(
            SchemaCompatibility.checkReaderWriterCompatibility(then, ModelUpdate.getClassSchema())
                .getType())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  private static <T extends SpecificRecord> T read(String name, Class<T> type, Schema now)
      throws IOException {
    Schema then = new Schema.Parser().parse(resource(name + ".avsc"));
    assertThat(SchemaCompatibility.checkReaderWriterCompatibility(now, then).getType())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    byte[] bytes = HexFormat.of().parseHex(resource(name + ".hex").strip());
    return new SpecificDatumReader<T>(then, now, SpecificData.getForClass(type))
        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            SchemaEvolutionTest.class.getResourceAsStream("/golden/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
