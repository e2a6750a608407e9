package io.distillstream.teacher.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TopKLogits;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.publish.Publication.Form;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.EmbeddingCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PublicationTest {
  private static final float[] LOGITS = {1, 3, -2, 0, 2.5f};

  private final WireFormat wire = Fixtures.wire();

  @Test
  void shouldPublishInTheFormThatTheSettingsAskFor() {
    assertThat(Publication.DENSE.distribution(TeacherAnswer.of(LOGITS), 1))
        .isInstanceOf(DenseLogits.class);
    Publication top2 = new Publication(Form.TOP_K, 2, 1, false);
    TopKLogits kept = (TopKLogits) top2.distribution(TeacherAnswer.of(LOGITS), 1);
    assertThat(TopKCodec.decode(kept, 1).indices()).containsExactly(1, 4);
    assertThat(((TopKLogits) top2.distribution(TeacherAnswer.of(new float[] {1}), 1)).getK())
        .isEqualTo(1);
  }

  /** Over 2,000 texts of 8 draws each, every class's mean weight is its probability. */
  @Test
  void shouldDrawWithoutBias() {
    Publication sampled = new Publication(Form.SAMPLED, 1, 8, false);
    int texts = 2_000;
    double[] sum = new double[LOGITS.length];
    double[] squares = new double[LOGITS.length];
    for (int text = 0; text < texts; text++) {
      SampledCodec.Decoded drawn =
          SampledCodec.decode(
              (SampledClasses) sampled.distribution(TeacherAnswer.of(LOGITS), text), 1);
      assertThat(drawn.answers()).containsExactly(1);
      for (int i = 0; i < drawn.indices().length; i++) {
        sum[drawn.indices()[i]] += drawn.weights()[i];
        squares[drawn.indices()[i]] += drawn.weights()[i] * drawn.weights()[i];
      }
    }
    double normalizer = 0;
    for (float logit : LOGITS) {
      normalizer += Math.exp(logit);
    }
    for (int c = 0; c < LOGITS.length; c++) {
      double mean = sum[c] / texts;
      double standardError = Math.sqrt((squares[c] / texts - mean * mean) / texts);
      assertThat(mean).isCloseTo(Math.exp(LOGITS[c]) / normalizer, within(4 * standardError));
    }
  }

  @Test
  void shouldDrawATextLabelledTwiceAlikeAndOthersOtherwise() throws Exception {
    Publication sampled = new Publication(Form.SAMPLED, 1, 64, false);
    SoftLabel first = published(sampled, "a");
    assertThat(published(sampled, "a").getDistribution()).isEqualTo(first.getDistribution());
    assertThat(published(sampled, "b").getDistribution()).isNotEqualTo(first.getDistribution());
  }

  @Test
  void shouldPublishEmbeddingsWhereAskedTo() throws Exception {
    assertThat(published(Publication.DENSE, "a").getEmbedding()).isNull();
    SoftLabel label = published(new Publication(Form.DENSE, 1, 1, true), "a");
    assertThat(EmbeddingCodec.decode(label.getEmbedding())).containsExactly(0.5f, -0.25f);
  }

  @Test
  void shouldRefuseToPublishNothing() {
    assertThatThrownBy(() -> new Publication(Form.TOP_K, 0, 1, false))
        .hasMessageContaining("largest 0 logits");
  }

  private SoftLabel published(Publication publication, String id) throws Exception {
    TrafficRecords records = new TrafficRecords(Fixtures.PIPELINE, wire, publication);
    HttpText text = Fixtures.http(id, "a b");
    TeacherAnswer said = new TeacherAnswer(LOGITS, new float[] {0.5f, -0.25f});
    return wire.codec(Topics.SOFT_LABELS, Fixtures.PIPELINE)
        .decode(
            records
                .softLabel(text, new LengthTeacher(), said, Instant.EPOCH, SpanContext.getInvalid())
                .value());
  }
}
