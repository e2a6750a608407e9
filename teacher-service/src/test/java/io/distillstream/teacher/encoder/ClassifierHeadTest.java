package io.distillstream.teacher.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.model.LabelSpace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierHeadTest {
  private static final LabelSpace LABELS = new LabelSpace(List.of("yes", "no"));

  @ParameterizedTest
  @CsvSource({
    // x · Φ(x) from tables of the normal distribution, to six digits.
    "0, 0",
    "1, 0.841345",
    "-1, -0.158655",
    "2, 1.954500",
    "-3, -0.004050",
    "0.5, 0.345731",
    "9, 9"
  })
  void shouldComputeTheExactGelu(float x, float expected) {
    assertThat(Gelu.of(x)).isCloseTo(expected, within(1e-6f));
  }

  @Test
  void shouldComputeBothLayers() {
    DenseLayer hidden = new DenseLayer(new float[] {1, 0, 0, 1, 1, 1}, new float[] {0, -1, -1});
    DenseLayer output = new DenseLayer(new float[] {1, 2, 3, 0, 0, -1}, new float[] {10, 20});
    // Hidden sums of (1, 2): 1, 1, 2; their GELU: 0.841345, 0.841345, 1.954500.
    float[] logits =
        new ClassifierHead(LABELS, hidden, output, Map.of()).logits(new float[] {1, 2});
    assertThat(logits[0]).isCloseTo(10 + 0.841345f * 3 + 3 * 1.954500f, within(1e-5f));
    assertThat(logits[1]).isCloseTo(20 - 1.954500f, within(1e-5f));
  }

  @Test
  void shouldGiveItsWeightsBackRowByRow() {
    float[] weight = {1, 2, 3, 4, 5, 6};
    DenseLayer layer = new DenseLayer(weight, new float[] {7, 8});
    assertThat(layer.inputs()).isEqualTo(3);
    assertThat(layer.weight()).containsExactly(weight);
    assertThat(layer.bias()).containsExactly(7, 8);
  }

  @Test
  void shouldRefuseLayersAndVectorsThatDoNotFit() {
    DenseLayer two = new DenseLayer(new float[4], new float[2]);
    DenseLayer three = new DenseLayer(new float[9], new float[3]);
    assertThatThrownBy(() -> new ClassifierHead(LABELS, three, two, Map.of()))
        .hasMessageContaining("3-3 and 2-2");
    assertThatThrownBy(() -> new ClassifierHead(LABELS, three, three, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ClassifierHead(LABELS, two, two, Map.of()).logits(new float[3]))
        .hasMessageContaining("Expected a vector of 2, got 3");
  }
}
