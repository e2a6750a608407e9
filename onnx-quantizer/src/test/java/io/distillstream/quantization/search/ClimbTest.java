package io.distillstream.quantization.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.search.Climb.Rung;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClimbTest {

  @Test
  void shouldTakeWhatHelpsMostPerByteFirst() {
    Climb climb =
        Climb.over(
            layers(
                "small",
                List.of(new Rung(Precision.INT8_DYNAMIC, 10, 4), new Rung(Precision.FP32, 40, 0)),
                "large",
                List.of(
                    new Rung(Precision.INT8_DYNAMIC, 100, 20), new Rung(Precision.FP32, 400, 0))));

    assertThat(climb.steps()).extracting(Climb.Step::layer).containsExactly("small", "large");
    assertThat(climb.after(0)).isEqualTo(climb.bottom());
    assertThat(climb.after(1).of("small")).isEqualTo(Precision.FP32);
    assertThat(climb.after(1).of("large")).isEqualTo(Precision.INT8_DYNAMIC);
    assertThat(climb.after(2).of("large")).isEqualTo(Precision.FP32);
  }

  @Test
  void shouldClimbRungByRungWhereEachPays() {
    Climb climb =
        Climb.over(
            layers(
                "a",
                List.of(
                    new Rung(Precision.INT4_WEIGHTS, 10, 100),
                    new Rung(Precision.INT8_WEIGHTS, 20, 10),
                    new Rung(Precision.FP32, 80, 0)),
                "b",
                List.of(
                    new Rung(Precision.INT4_WEIGHTS, 10, 50), new Rung(Precision.FP32, 60, 0))));

    assertThat(climb.steps())
        .containsExactly(
            new Climb.Step("a", Precision.INT8_WEIGHTS, 90, 10),
            new Climb.Step("b", Precision.FP32, 50, 50),
            new Climb.Step("a", Precision.FP32, 10, 60));
  }

  @Test
  void shouldSkipRungsThatAnotherBeats() {
    Climb climb =
        Climb.over(
            layers(
                "a",
                List.of(
                    new Rung(Precision.INT4_WEIGHTS, 10, 100),
                    // Takes off less per byte than going to half width at once.
                    new Rung(Precision.INT8_WEIGHTS, 20, 90),
                    // Larger and no better.
                    new Rung(Precision.INT8_DYNAMIC, 21, 95),
                    new Rung(Precision.FP16, 40, 0),
                    new Rung(Precision.FP32, 80, 0)),
                "b",
                List.of(new Rung(Precision.INT8_DYNAMIC, 1, 1), new Rung(Precision.FP32, 4, 0))));

    assertThat(climb.steps())
        .containsExactly(
            new Climb.Step("a", Precision.FP16, 100, 30),
            new Climb.Step("b", Precision.FP32, 1, 3));
  }

  private static Map<String, List<Rung>> layers(
      String a, List<Rung> ofA, String b, List<Rung> ofB) {
    Map<String, List<Rung>> layers = new LinkedHashMap<>();
    layers.put(a, ofA);
    layers.put(b, ofB);
    return layers;
  }
}
