package io.distillstream.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.ModelFormatException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SquaredGradientsTest {

  @Test
  void shouldReadBackWhatItWrote() {
    Map<String, Double> gradients = Map.of("block0.weight", 1.5e-9, "a=b", 0.25);

    String text = SquaredGradients.toText(gradients);

    assertThat(text).isEqualTo("a=b=0.25;block0.weight=1.5E-9");
    assertThat(SquaredGradients.from(Map.of(SquaredGradients.KEY, text))).isEqualTo(gradients);
    assertThat(SquaredGradients.from(Map.of())).isEmpty();
  }

  @Test
  void shouldNameAnEntryThatIsNoNumber() {
    assertThatThrownBy(() -> SquaredGradients.from(Map.of(SquaredGradients.KEY, "a=1.0;b")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("\"b\", expected name=number");
  }
}
