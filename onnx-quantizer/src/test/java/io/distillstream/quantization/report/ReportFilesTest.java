package io.distillstream.quantization.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.quantization.report.QuantizationReport.ActivationRow;
import io.distillstream.quantization.report.QuantizationReport.Candidate;
import io.distillstream.quantization.report.QuantizationReport.Data;
import io.distillstream.quantization.report.QuantizationReport.Decision;
import io.distillstream.quantization.report.QuantizationReport.LayerRow;
import io.distillstream.quantization.report.QuantizationReport.Memory;
import io.distillstream.quantization.report.QuantizationReport.OutputRow;
import io.distillstream.quantization.report.QuantizationReport.Pass;
import io.distillstream.quantization.report.QuantizationReport.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
  private static final QuantizationReport REPORT =
      new QuantizationReport(
          new Source("a<b>.onnx", "cafe", 1_000, 17, 12, 250),
          new Data(100, 64, 0, "texts.jsonl"),
          Map.of("target", "this-machine"),
          List.of(new Pass("fold-constants", 3)),
          List.of(new Memory("fp32", 1_000, 500, "/add")),
          List.of(candidate()),
          new Decision(true, "int8-dynamic", "Chosen: int8-dynamic"),
          List.of(
              layer("w1", Double.POSITIVE_INFINITY, Map.of()),
              layer("w2", 38.5, Map.of("int8-dynamic", 1.5e-4))),
          List.of(new ActivationRow("/x", "entropy", -1, 2, -1.5, 3, 0.01, 85, 1e-3)),
          List.of("a & b"));

  @Test
  void shouldWriteJsonThatAnyParserReads() throws IOException {
    JsonNode json = new ObjectMapper().readTree(ReportFiles.json(REPORT));

    assertThat(json.at("/source/name").asText()).isEqualTo("a<b>.onnx");
    assertThat(json.at("/candidates/0/agreement").asDouble()).isEqualTo(0.99);
    assertThat(json.at("/candidates/0/outputs/1/rangeError").asDouble()).isEqualTo(0.03);
    assertThat(json.at("/candidates/0/foreignOperators/com.microsoft.QAttention").asInt())
        .isEqualTo(6);
    assertThat(json.at("/candidates/0/accuracyOfCandidate").isMissingNode()).isTrue();
    assertThat(json.at("/candidates/0/p95Ratio").asDouble()).isEqualTo(0.75);
    assertThat(json.at("/layers/0/weightSignalToNoise").asText()).isEqualTo("Infinity");
    assertThat(json.at("/layers/1/sensitivity/int8-dynamic").asDouble()).isEqualTo(1.5e-4);
  }

  @Test
  void shouldEscapeWhatComesFromTheModel() {
    String page = ReportFiles.html(REPORT);

    assertThat(page)
        .contains("a&lt;b&gt;.onnx", "a &amp; b", "Chosen: int8-dynamic", "1.50e-04 int8-dynamic")
        .contains("6 com.microsoft.QAttention")
        .contains("state&lt;1&gt;", "vectors")
        .doesNotContain("a<b>")
        .contains("<td class=\"n\">exact</td>");
  }

  @Test
  void shouldWriteBothBesideEachOther(@TempDir Path folder) throws IOException {
    ReportFiles.write(REPORT, folder.resolve("new/report.html"));

    assertThat(folder.resolve("new/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("new/report.json")).isNotEmptyFile();
  }

  private static Candidate candidate() {
    return new Candidate(
        "int8-dynamic",
        Map.of("int8-dynamic", 2L),
        Map.of("com.microsoft.QAttention", 6L),
        260,
        0.26,
        64,
        OptionalDouble.of(0.99),
        OptionalDouble.of(0.999),
        OptionalDouble.of(0.02),
        OptionalDouble.of(0.1),
        OptionalDouble.of(40),
        List.of(
            new OutputRow("logits", "scores", 0.99, 0.999, 0.02, 0.1, 40, 0),
            new OutputRow("state<1>", "vectors", 0.5, 0.998, 0.03, 0.2, 30, 0)),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(120),
        OptionalDouble.of(150),
        OptionalDouble.of(0.7),
        OptionalDouble.of(0.75),
        OptionalDouble.empty(),
        List.of(),
        List.of(),
        true);
  }

  private static LayerRow layer(String name, double noise, Map<String, Double> sensitivity) {
    return new LayerRow(
        name,
        "product",
        "16 × 4",
        "int8-dynamic",
        80,
        256,
        -1,
        1,
        0.01,
        0.02,
        1e-3,
        noise,
        sensitivity);
  }
}
