package io.distillstream.chaos.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.chaos.audit.Promise;
import io.distillstream.chaos.process.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The report for machines. */
public final class ReportJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ReportJson() {}

  public static void write(ChaosReport report, Path file) throws IOException {
    JSON.writeValue(file.toFile(), tree(report));
  }

  static ObjectNode tree(ChaosReport report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("kept", report.kept());
    root.put("seed", report.seed());
    root.put("faults_for_seconds", report.faultsFor().toSeconds());
    Totals totals = report.totals();
    root.putObject("totals")
        .put("acknowledged", totals.acknowledged())
        .put("repeated_calls", totals.repeatedCalls())
        .put("trained", totals.trained())
        .put("held_out", totals.heldOut())
        .put("checkpoints", totals.checkpoints())
        .put("updates", totals.updates())
        .put("undecodable_planted", totals.undecodable())
        .put("dead_letters", totals.deadLetters())
        .put("device_answers", totals.deviceAnswers());
    ObjectNode kinds = root.putObject("kinds");
    report
        .byKind()
        .forEach(
            (kind, outcomes) ->
                put(kinds.putObject(kind).put("faults", outcomes.size()), outcomes));
    put(root.putObject("all").put("faults", report.faults().size()), report.faults());
    ObjectNode skipped = root.putObject("skipped");
    report.skipped().forEach(skipped::put);
    ObjectNode stages = root.putObject("stages");
    for (Stage stage : Stage.values()) {
      ObjectNode node = stages.putObject(stage.text());
      node.put("busiest_minute_log_lines", report.busiestMinute().getOrDefault(stage, 0L));
      var held = report.held().get(stage);
      if (held != null) {
        node.put("warm_rss_bytes", held.warmRssBytes());
        node.put("end_rss_bytes", held.endRssBytes());
        node.put("warm_handles", held.warmHandles());
        node.put("end_handles", held.endHandles());
      }
    }
    ObjectNode promises = root.putObject("promises");
    for (Promise promise : Promise.values()) {
      ObjectNode node = promises.putObject(promise.name().toLowerCase(java.util.Locale.ROOT));
      node.put("text", promise.text());
      node.put("broken", report.evidence().count(promise));
      report.evidence().notJudged(promise).ifPresent(why -> node.put("not_judged", why));
      ArrayNode evidence = node.putArray("evidence");
      report.evidence().of(promise).forEach(evidence::add);
    }
    return root;
  }

  private static void put(ObjectNode node, List<FaultOutcome> outcomes) {
    ObjectNode longest = node.putObject("longest_recovery_seconds");
    for (Map.Entry<Stage, Duration> entry : ChaosReport.longest(outcomes).entrySet()) {
      longest.put(entry.getKey().text(), entry.getValue().toMillis() / 1000.0);
    }
  }
}
