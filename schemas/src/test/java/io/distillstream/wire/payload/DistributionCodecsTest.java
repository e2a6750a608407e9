package io.distillstream.wire.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TopKLogits;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DistributionCodecsTest {
  private static final float[] LOGITS = {0.5f, 3, -1, 3, 2.25f};

  @Test
  void shouldKeepTheLargestLogitsAndTheMassOfTheRest() {
    TopKCodec.Decoded decoded = TopKCodec.decode(TopKCodec.encode(LOGITS, 3), 1);
    assertThat(decoded.indices()).containsExactly(1, 3, 4);
    assertThat(decoded.logits()).containsExactly(3, 3, 2.25f);
    assertThat(decoded.tailLogMass()[0])
        .isCloseTo((float) Math.log(Math.exp(0.5) + Math.exp(-1)), within(1e-6f));
  }

  @Test
  void shouldHaveNoTailWhereAllIsKept() {
    TopKCodec.Decoded decoded = TopKCodec.decode(TopKCodec.encode(LOGITS, 5), 1);
    assertThat(decoded.indices()).containsExactly(1, 3, 4, 0, 2);
    assertThat(decoded.tailLogMass()).containsExactly(Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldRefuseTopKThatDoesNotAddUp() {
    assertThatThrownBy(() -> TopKCodec.encode(LOGITS, 6)).hasMessageContaining("largest 6 of 5");
    assertThatThrownBy(() -> TopKCodec.encode(new float[] {1, Float.NaN}, 2))
        .hasMessageContaining("NaN");
    TopKLogits good = TopKCodec.encode(LOGITS, 2);
    ByteBuffer indices = good.getIndices();
    ByteBuffer logits = good.getLogits();
    ByteBuffer tail = good.getTailLogMass();
    assertThatThrownBy(() -> TopKCodec.decode(good, 2))
        .hasMessage("Indices need 16 bytes, found 8");
    assertThatThrownBy(() -> TopKCodec.decode(new TopKLogits(1, 2, indices, logits, tail), 1))
        .hasMessage("Top-k logits keep 2 of 1 classes");
    assertThatThrownBy(() -> TopKCodec.decode(new TopKLogits(5, 2, indices, logits, indices), 1))
        .hasMessage("Tail masses need 4 bytes, found 8");
  }

  @Test
  void shouldReadBackDraws() {
    SampledClasses record =
        SampledCodec.encode(
            5, 4, 1, new int[] {3, 1}, new float[] {0.25f, 0.75f}, new float[] {-0.9f, -0.8f});
    SampledCodec.Decoded decoded = SampledCodec.decode(record, 1);
    assertThat(decoded.answers()).containsExactly(1);
    assertThat(decoded.counts()).containsExactly(2);
    assertThat(decoded.indices()).containsExactly(3, 1);
    assertThat(decoded.weights()).containsExactly(0.25f, 0.75f);
    assertThat(decoded.logProbabilities()).containsExactly(-0.9f, -0.8f);
    assertThatThrownBy(() -> SampledCodec.decode(record, 2))
        .hasMessage("Counts need 8 bytes, found 4");
  }

  @Test
  void shouldRefuseDrawsThatDoNotAddUp() {
    SampledClasses none = SampledCodec.encode(5, 4, 1, new int[0], new float[0], new float[0]);
    assertThatThrownBy(() -> SampledCodec.decode(none, 1)).hasMessage("0 of 5 classes drawn");
    SampledClasses torn =
        SampledCodec.encode(5, 4, 1, new int[] {3, 1}, new float[] {1}, new float[] {-1, -1});
    assertThatThrownBy(() -> SampledCodec.decode(torn, 1))
        .hasMessage("Weights need 8 bytes, found 4");
  }

  @Test
  void shouldKeepEmbeddingsWithinHalfPrecision() {
    float[] embedding = {0.0625f, -0.31f, 1e-3f};
    float[] decoded = EmbeddingCodec.decode(EmbeddingCodec.encode(embedding));
    assertThat(decoded).containsExactly(embedding, within(2e-4f));
    assertThatThrownBy(() -> EmbeddingCodec.encode(new float[] {Float.NaN}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> EmbeddingCodec.decode(ByteBuffer.allocate(3)))
        .hasMessage("Embedding values need 2 bytes, found 3");
  }
}
