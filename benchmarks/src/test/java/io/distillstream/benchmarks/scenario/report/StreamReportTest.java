package io.distillstream.benchmarks.scenario.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.benchmarks.scenario.run.Outcome;
import io.distillstream.benchmarks.scenario.run.Outcome.Point;
import io.distillstream.benchmarks.scenario.run.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StreamReportTest {
  private static final Outcome OUTCOME =
      new Outcome(
          List.of(
              point(1_500, 0.75, 0.75, Optional.empty()),
              point(3_000, 0.5, 0.75, Optional.of("label <a> lost"))),
          0.5,
          OptionalDouble.of(0.75),
          OptionalDouble.of(0.25),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          List.of(2_016L),
          1_000);

  private static final StreamReport REPORT =
      new StreamReport(
          "three texts",
          Map.of("trainer.alpha", "0.5"),
          List.of(
              new ScenarioRow(
                  "ordered by label",
                  512.5,
                  OptionalInt.empty(),
                  Variant.BOTH,
                  OUTCOME,
                  0.8,
                  OptionalDouble.empty())),
          List.of(
              new Relapse(
                  Variant.BOTH,
                  0.8,
                  5_000,
                  List.of(
                      new Relapse.Seed(1, OptionalDouble.of(-0.004), 0.6, 0.79, 2, 1),
                      new Relapse.Seed(2, OptionalDouble.empty(), 0.7, 0.8, 0, 3)))),
          List.of());

  @Test
  void shouldDivideByRandomOrder() {
    ScenarioRow row = REPORT.rows().get(0);

    assertThat(row.overRandom()).isEqualTo(0.5 / 0.8);
    assertThat(row.publishedOverRandom()).hasValue(0.75 / 0.8);
  }

  @Test
  void shouldTellTheWorstOfAllSeeds() {
    Relapse relapse = REPORT.relapses().get(0);

    assertThat(relapse.worstStep()).hasValue(-0.004);
    assertThat(relapse.leastDevices()).isEqualTo(0.79);
    assertThat(relapse.refused()).isEqualTo(4);
  }

  @Test
  void shouldShowPointsOnTheTerminal() {
    assertThat(TextTable.of(REPORT))
        .contains("ordered by label (mean run 512.5 records)", "25.00", "2,016", "-0.40");
  }

  @Test
  void shouldMarkPublishedAndRefusedVersionsAndAlarmsOnThePage() {
    String page = HtmlPage.of(REPORT);

    assertThat(page)
        .contains("replay and gate, 1,500 records: 0.7500, published</title></circle>")
        .contains(
            "replay and gate, 3,000 records: 0.5000, refused: label &lt;a&gt; lost</title></path>")
        .contains("alarm after 2,016")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("<script", "http");
  }

  @Test
  void shouldLeaveOutOfTheJsonWhatThereIsNot() {
    JsonNode row = JsonFigures.of(REPORT).get("scenarios").get(0);

    assertThat(row.get("of_random").asDouble()).isEqualTo(0.5 / 0.8);
    assertThat(row.has("worst_step")).isFalse();
    assertThat(row.get("curve").get(1).get("refused").asText()).isEqualTo("label <a> lost");
    assertThat(row.get("curve").get(0).has("first_half")).isFalse();
  }

  private static Point point(
      int position, double agreement, double devices, Optional<String> refusal) {
    return new Point(position, agreement, devices, Double.NaN, Double.NaN, refusal);
  }
}
