package io.distillstream.trainer.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.start.RandomStart;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StudentSpecTest {

  @Test
  void shouldListEveryParameterOnce() {
    TransformerSpec spec = TransformerSpec.uniform(100, 8, 2, 2, 16, 5, 12, true);
    Set<String> names = new HashSet<>();
    spec.parameters().forEach(p -> assertThat(names.add(p.name())).as(p.name()).isTrue());
    assertThat(names).contains("embedding", "position", "block1.attention.input.weight");
    long perBlock = 4 * 8 + (8 * 24 + 24) + (8 * 8 + 8) + (8 * 16 + 16) + (16 * 8 + 8);
    assertThat(spec.size()).isEqualTo(100 * 8 + 12 * 8 + 2 * perBlock + 2 * 8 + 8 * 5 + 5);
  }

  @Test
  void shouldLeavePositionsOut() {
    assertThat(TransformerSpec.uniform(100, 8, 1, 2, 16, 5, 12, false).parameters())
        .noneMatch(p -> p.name().equals("position"));
  }

  @Test
  void shouldRefuseImpossibleShapes() {
    assertThatThrownBy(() -> TransformerSpec.uniform(100, 8, 1, 3, 16, 5, 12, false))
        .hasMessageContaining("heads");
    assertThatThrownBy(() -> TransformerSpec.uniform(0, 8, 1, 2, 16, 5, 12, false))
        .hasMessageContaining("vocabularySize");
    assertThatThrownBy(() -> TransformerSpec.uniform(100, 8, 1, 2, 16, 1, 12, false))
        .hasMessageContaining("classes");
  }

  @Test
  void shouldStartFromTheSameWeightsForTheSameSeedOnly() {
    TransformerSpec spec = TransformerSpec.uniform(100, 8, 1, 2, 16, 5, 12, false);
    assertThat(RandomStart.weights(spec, 7)).isEqualTo(RandomStart.weights(spec, 7));
    assertThat(RandomStart.weights(spec, 7)).isNotEqualTo(RandomStart.weights(spec, 8));
  }

  @Test
  void shouldRefuseATensorThatIsNotItsShape() {
    assertThatThrownBy(() -> new FloatTensor(new int[] {2, 3}, new float[5]))
        .hasMessageContaining("6 values, got 5");
  }
}
