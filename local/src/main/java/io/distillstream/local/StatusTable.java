package io.distillstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The monitor's {@code /api/status} as a table for a terminal. What is not known is a dash. */
final class StatusTable {

  private static final String ROW = "  %-10s %-9s %9s %9s %10s %12s  %s";

  private StatusTable() {}

  static List<String> lines(JsonNode status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "pipeline "
            + status.path("pipeline").asText()
            + ", model "
            + status.path("model").asText()
            + ", "
            + status.path("at").asText()
            + (status.path("connected").asBoolean() ? "" : "  (the monitor has lost the cluster)"));
    lines.add("");
    lines.add(
        String.format(Locale.ROOT, ROW, "stage", "state", "lag", "lag s", "rate/s", "total", ""));
    for (JsonNode stage : status.path("stages")) {
      lines.add(
          String.format(
              Locale.ROOT,
              ROW,
              stage.path("name").asText(),
              stage.path("state").asText(),
              whole(stage.path("lag")),
              decimal(stage.path("lag_seconds"), 1),
              decimal(stage.path("rate_per_second"), 1),
              whole(stage.path("total")),
              details(stage, status)));
    }
    lines.add("");
    lines.add(freshness("freshness", status.path("freshness").path("overall")));
    lines.add(
        freshness(
            "last " + status.path("freshness").path("recent_seconds").asText() + " s",
            status.path("freshness").path("recent")));
    lines.add(objective(status.path("freshness").path("objective")));
    lines.add("  dead letters " + whole(status.path("dead_letters").path("count")));
    return lines;
  }

  private static String details(JsonNode stage, JsonNode status) {
    JsonNode training = status.path("training");
    JsonNode newest = status.path("versions").path(0);
    return switch (stage.path("name").asText()) {
      case "teacher" -> "version " + text(stage.path("notes").path("teacher_version"));
      case "trainer" ->
          "version "
              + whole(training.path("version"))
              + ", agreement "
              + decimal(training.path("agreement"), 3)
              + ", τ "
              + decimal(training.path("temperature"), 2);
      case "quantizer" ->
          "version "
              + whole(newest.path("version"))
              + ", "
              + whole(newest.path("artifact_bytes"))
              + " bytes"
              + ", INT8/fp32 agreement "
              + decimal(newest.path("agreement_with_fp32"), 4);
      case "device" ->
          whole(status.path("devices").path("current"))
              + " of "
              + whole(status.path("devices").path("known"))
              + " on the newest version";
      default -> "";
    };
  }

  private static String freshness(String name, JsonNode window) {
    return String.format(
        Locale.ROOT,
        "  %-12s p50 %s s, p95 %s s, max %s s over %s records",
        name,
        decimal(window.path("p50"), 1),
        decimal(window.path("p95"), 1),
        decimal(window.path("max"), 1),
        whole(window.path("records")));
  }

  private static String objective(JsonNode objective) {
    return String.format(
        Locale.ROOT,
        "  objective    %s: %s of %s records late, %s %% of the error budget left",
        text(objective.path("objective")),
        whole(objective.path("late")),
        whole(objective.path("records")),
        objective.path("budget_left").isNumber()
            ? String.format(Locale.ROOT, "%.0f", 100 * objective.path("budget_left").asDouble())
            : "-");
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : "-";
  }

  private static String whole(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%,d", value.asLong()) : "-";
  }

  private static String decimal(JsonNode value, int digits) {
    return value.isNumber()
        ? String.format(Locale.ROOT, "%,." + digits + "f", value.asDouble())
        : "-";
  }
}
