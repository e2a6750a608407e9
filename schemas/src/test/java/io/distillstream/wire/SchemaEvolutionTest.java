package io.distillstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Completion;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** What the first golden records say, to a reader of today. */
class SchemaEvolutionTest {

  @Test
  void shouldReadTheFirstSoftLabels() throws IOException {
    SoftLabel label = first(Topics.SOFT_LABELS);
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
    TrainingExample example = first(Topics.TRAINING_EXAMPLES);
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
    Checkpoint checkpoint = first(Topics.CHECKPOINTS);
    assertThat(checkpoint.getVersion()).isEqualTo(3);
    assertThat(checkpoint.getOffsets()).containsExactly(new OffsetRange(0, 20L, 30L));
    assertThat(checkpoint.getTraining().getPrequentialAccuracy()).isEqualTo(0.625);
    assertThat(checkpoint.getTraining().getPrequentialAveraged()).isNull();
    assertThat(checkpoint.getTraining().getLoss()).isEqualTo(1.25);
  }

  /** The same answer of the same model, as two releases recorded it. */
  @Test
  void shouldReadTablesOfTokensInBothCodings() throws IOException {
    Completion plain = GoldenRecord.of(Topics.COMPLETIONS).get(0).read(Completion.class);
    Completion coded = GoldenRecord.of(Topics.COMPLETIONS).get(1).read(Completion.class);
    assertThat(plain.getTokens().getCoding()).isZero();
    assertThat(plain.getTokens().getCoded().remaining()).isZero();
    assertThat(coded.getTokens().getCoding()).isEqualTo(1);
    assertThat(coded.getTokens().getMentions().remaining()).isZero();
    List<ScoredToken> tokens = TokenTableCodec.decode(coded.getTokens());
    assertThat(tokens)
        .extracting(token -> UTF_8.decode(token.token().duplicate()).toString())
        .containsExactly("I", "'m", " sorry", " for");
    assertThat(tokens).isEqualTo(TokenTableCodec.decode(plain.getTokens()));
    assertThat(TokenTableCodec.encode(tokens)).isEqualTo(coded.getTokens());
  }

  /** It says so, instead of taking the empty columns for no tokens. */
  @Test
  void shouldBeRefusedByReadersFromBeforeTokensWereCoded() throws IOException {
    Completion today = GoldenRecord.of(Topics.COMPLETIONS).get(1).read(Completion.class);
    TokenTable coded = today.getTokens();
    TokenTable asBefore =
        new TokenTable(
            coded.getTokens(),
            coded.getDictionary(),
            coded.getMentions(),
            coded.getLogProbabilities(),
            0,
            ByteBuffer.allocate(0));
    assertThatThrownBy(() -> TokenTableCodec.decode(asBefore))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The table of tokens ends early");
  }

  @Test
  void shouldReadUpdatesFromBeforeThereWereDeltas() throws IOException {
    ModelUpdate update = first(Topics.MODEL_UPDATES);
    assertThat(update.getVersion()).isEqualTo(7);
    assertThat(update.getArtifact().getFirstOffset()).isEqualTo(42);
    assertThat(update.getDeltas()).isEmpty();
    assertThat(update.getProbe().get(0).getLogits()).containsExactly(1.5f, -2f);
    assertThat(update.getPublishedAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_001));
  }

  private static <T extends SpecificRecord> T first(Topic<T> topic) throws IOException {
    return GoldenRecord.of(topic).get(0).read(topic.type());
  }
}
