package io.distillstream.local.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a demo run came to; every figure is measured in it.
 *
 * @param seconds from the start of the process to this summary
 * @param feedSeconds from the first request to the last one labelled
 */
record DemoSummary(
    long recordsLabelled,
    long recordsTrained,
    long studentVersions,
    long artifactBytes,
    long fp32Bytes,
    DemoScores scores,
    double freshnessP50Seconds,
    double freshnessP95Seconds,
    double seconds,
    double feedSeconds) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes the figures as one flat JSON object. */
  public void write(Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("records_labelled", recordsLabelled);
    json.put("records_trained", recordsTrained);
    json.put("student_versions", studentVersions);
    json.put("artifact_bytes", artifactBytes);
    json.put("fp32_bytes", fp32Bytes);
    json.put("accuracy_teacher", scores.accuracyTeacher());
    json.put("accuracy_student", scores.accuracyStudent());
    json.put("accuracy_device", scores.accuracyDevice());
    json.put("agreement_student", scores.agreementStudent());
    json.put("agreement_device", scores.agreementDevice());
    json.put("agreement_int8_fp32", scores.agreementInt8Fp32());
    json.put("freshness_p50_s", freshnessP50Seconds);
    json.put("freshness_p95_s", freshnessP95Seconds);
    json.put("seconds", seconds);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  /** The same as a table for people. */
  public List<String> table() {
    return List.of(
        "",
        "Summary",
        row("records labelled", "%,d", recordsLabelled),
        row("records trained", "%,d", recordsTrained),
        row("student versions published", "%,d", studentVersions),
        row(
            "artifact",
            "%,d bytes, %.1f %% of fp32's %,d",
            artifactBytes,
            100.0 * artifactBytes / fp32Bytes,
            fp32Bytes),
        row(
            "teacher",
            "accuracy %.3f on %,d held-out glosses",
            scores.accuracyTeacher(),
            scores.texts()),
        row(
            "student (fp32)",
            "accuracy %.3f, agreement with the teacher %.3f",
            scores.accuracyStudent(),
            scores.agreementStudent()),
        row(
            "device (INT8)",
            "accuracy %.3f, agreement with the teacher %.3f",
            scores.accuracyDevice(),
            scores.agreementDevice()),
        row("INT8 against fp32", "agreement %.4f", scores.agreementInt8Fp32()),
        row(
            "freshness",
            "p50 %.1f s, p95 %.1f s (request to running on the device)",
            freshnessP50Seconds,
            freshnessP95Seconds),
        row(
            "throughput",
            "%.1f labelled/s, %.1f trained/s while traffic ran",
            recordsLabelled / feedSeconds,
            recordsTrained / feedSeconds),
        row("time", "%.0f s, of which traffic %.0f s", seconds, feedSeconds),
        "");
  }

  private static String row(String name, String format, Object... values) {
    return String.format(Locale.ROOT, "  %-28s", name) + String.format(Locale.ROOT, format, values);
  }
}
