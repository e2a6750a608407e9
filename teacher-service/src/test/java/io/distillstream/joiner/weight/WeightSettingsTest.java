package io.distillstream.joiner.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightSettingsTest {

  @Test
  void shouldLetTeachersCountAlikeUnlessToldOtherwise() {
    assertThat(settings(Map.of())).isEqualTo(WeightSettings.ALIKE);
  }

  @Test
  void shouldReadWeightsByTeacher() {
    WeightSettings settings =
        settings(
            Map.of(
                "joiner.weights", "confidence",
                "joiner.teacher-weights", "minilm-glosses=2, bag = 0.5,a=b=0"));

    assertThat(settings.weighting()).isEqualTo(Weighting.CONFIDENCE);
    assertThat(settings.fixed()).isEqualTo(Map.of("minilm-glosses", 2.0, "bag", 0.5, "a=b", 0.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"minilm", "minilm=", "=1", "minilm=-1", "minilm=NaN", "a=1,b=1e999"})
  void shouldRefuseWhatIsNoWeight(String weights) {
    assertThatThrownBy(() -> settings(Map.of("joiner.teacher-weights", weights)))
        .hasMessageContaining("joiner.teacher-weights")
        .hasMessageContaining("weights of 0 and more");
  }

  private static WeightSettings settings(Map<String, String> values) {
    return WeightSettings.from(Settings.load(WeightSettings.all(), values));
  }
}
