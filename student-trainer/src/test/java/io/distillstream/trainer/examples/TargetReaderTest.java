package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was read with other settings. */
class TargetReaderTest {
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b"));
  private static final SoftTarget DENSE = new DenseTarget(new float[] {1, 0});
  private static final SoftTarget DRAWN =
      new SampledTarget(2, 0, new int[] {0}, new float[] {1}, new float[] {-0.5f});

  private static TargetReader reader(Divergence divergence, int dimension) {
    return new TargetReader(LABELS, divergence, dimension);
  }

  @Test
  void shouldAdmitDrawsForTheForwardKlAlone() {
    assertThat(reader(Divergence.FORWARD_KL, 0).admits(DRAWN, new float[0])).isTrue();
    assertThat(reader(Divergence.REVERSE_KL, 0).admits(DRAWN, new float[0])).isFalse();
    assertThat(reader(Divergence.REVERSE_KL, 0).admits(DENSE, new float[0])).isTrue();
  }

  @Test
  void shouldAdmitEmbeddingsOfItsDimensionAlone() {
    assertThat(reader(Divergence.FORWARD_KL, 3).admits(DENSE, new float[3])).isTrue();
    assertThat(reader(Divergence.FORWARD_KL, 3).admits(DENSE, new float[0])).isTrue();
    assertThat(reader(Divergence.FORWARD_KL, 3).admits(DENSE, new float[2])).isFalse();
    assertThat(reader(Divergence.FORWARD_KL, 0).admits(DENSE, new float[2])).isTrue();
  }
}
