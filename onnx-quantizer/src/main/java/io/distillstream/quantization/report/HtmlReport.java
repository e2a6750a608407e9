package io.distillstream.quantization.report;

import io.distillstream.quantization.report.Html.Cell;
import io.distillstream.quantization.report.Html.Column;
import io.distillstream.quantization.report.QuantizationReport.ActivationRow;
import io.distillstream.quantization.report.QuantizationReport.Candidate;
import io.distillstream.quantization.report.QuantizationReport.Data;
import io.distillstream.quantization.report.QuantizationReport.LayerRow;
import io.distillstream.quantization.report.QuantizationReport.Memory;
import io.distillstream.quantization.report.QuantizationReport.OutputRow;
import io.distillstream.quantization.report.QuantizationReport.Source;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A report as one self-contained page. */
final class HtmlReport {
  private final QuantizationReport report;
  private final Html html = new Html();

  private HtmlReport(QuantizationReport report) {
    this.report = report;
  }

  static String of(QuantizationReport report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    head();
    candidates();
    outputs();
    layers();
    activations();
    graph();
    rest();
    return Html.page("Quantization of " + report.source().name(), html);
  }

  private void head() {
    Source source = report.source();
    Data data = report.data();
    html.element("h1", "", "Quantization of " + source.name())
        .element(
            "p",
            "sub",
            "%s, %,d parameters, %,d nodes, opset %d, SHA-256 %s"
                .formatted(
                    bytes(source.bytes()),
                    source.parameters(),
                    source.nodes(),
                    source.opset(),
                    source.sha256()))
        .element(
            "div",
            report.decision().passed() ? "decision" : "decision rejected",
            report.decision().reason())
        .element(
            "p",
            "sub",
            "Calibrated on %,d samples, judged on %,d (%,d of them labelled): %s"
                .formatted(data.calibration(), data.evaluation(), data.labelled(), data.origin()));
  }

  private void candidates() {
    html.heading("Candidates")
        .table(
            List.of(
                Column.text("scheme"),
                Column.text("layers"),
                Column.text("operators not of ONNX"),
                Column.number("size"),
                Column.number("of fp32"),
                Column.number("agreement"),
                Column.number("cosine"),
                Column.number("error / range"),
                Column.number("accuracy (fp32)"),
                Column.number("median"),
                Column.number("p95 of fp32"),
                Column.number("memory"),
                Column.text("verdict")),
            report.candidates().stream().map(this::candidate).toList(),
            report.candidates().stream().map(c -> c.chosen() ? "chosen" : "").toList());
  }

  private List<Cell> candidate(Candidate candidate) {
    String verdict =
        candidate.violations().isEmpty()
            ? String.join("; ", candidate.warnings())
            : String.join("; ", candidate.violations());
    return List.of(
        Cell.text(candidate.scheme()),
        Cell.text(counts(candidate.precisions())),
        Cell.text(counts(candidate.foreignOperators())),
        Cell.number("%s", bytes(candidate.bytes())),
        Cell.number("%.1f %%", 100 * candidate.sizeRatio()),
        Cell.number("%s", optional("%.4f", candidate.agreement())),
        Cell.number("%s", optional("%.5f", candidate.meanCosine())),
        Cell.number("%s", optional("%.4f", candidate.rangeError())),
        Cell.number(
            "%s (%s)",
            optional("%.4f", candidate.accuracyOfCandidate()),
            optional("%.4f", candidate.accuracyOfOriginal())),
        Cell.number("%s", optional("%,.0f µs", candidate.medianMicros())),
        Cell.number("%s", optional("%.2f", candidate.p95Ratio())),
        Cell.number("%s", optional("%.2f", candidate.memoryRatio())),
        Cell.text(
            candidate.violations().isEmpty()
                ? (candidate.chosen() ? "chosen" : "passed")
                    + (verdict.isEmpty() ? "" : "; " + verdict)
                : verdict,
            candidate.violations().isEmpty() ? "wrap good" : "wrap bad"));
  }

  /** One output says no more than the candidates' table. */
  private void outputs() {
    if (report.candidates().stream().allMatch(each -> each.outputs().size() < 2)) {
      return;
    }
    html.heading("Outputs")
        .table(
            List.of(
                Column.text("scheme"),
                Column.text("output taken for"),
                Column.number("agreement"),
                Column.number("cosine"),
                Column.number("error / range"),
                Column.number("SNR")),
            report.candidates().stream()
                .flatMap(each -> each.outputs().stream().map(row -> output(each.scheme(), row)))
                .toList());
  }

  private static List<Cell> output(String scheme, OutputRow row) {
    return List.of(
        Cell.text(scheme),
        Cell.text(row.output() + ": " + row.kind()),
        Cell.number("%.4f", row.agreement()),
        Cell.number("%.5f", row.meanCosine()),
        Cell.number("%.4f", row.rangeError()),
        Cell.number("%.1f dB", row.signalToNoise()));
  }

  private void layers() {
    double most =
        report.layers().stream()
            .flatMap(layer -> layer.sensitivity().values().stream())
            .filter(Double::isFinite)
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(0);
    html.heading("Layers")
        .element(
            "p",
            "dim",
            "Sensitivity: power of the error over that of the answers, with this layer alone held"
                + " so. SNR: of the weights.")
        .table(
            List.of(
                Column.text("layer"),
                Column.text("use"),
                Column.number("shape"),
                Column.text("held in"),
                Column.number("size"),
                Column.number("fp32"),
                Column.number("weights from"),
                Column.number("to"),
                Column.number("scales from"),
                Column.number("to"),
                Column.number("rms error"),
                Column.number("SNR"),
                Column.text("sensitivity")),
            report.layers().stream().map(layer -> layer(layer, most)).toList());
  }

  private static List<Cell> layer(LayerRow layer, double most) {
    double greatest =
        layer.sensitivity().values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    String words =
        layer.sensitivity().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%.2e %s", e.getValue(), e.getKey()))
            .collect(Collectors.joining(", "));
    boolean scaled = layer.greatestScale() > 0;
    return List.of(
        Cell.text(layer.name()),
        Cell.text(layer.use()),
        Cell.number("%s", layer.shape()),
        Cell.text(layer.precision()),
        Cell.number("%s", bytes(layer.bytes())),
        Cell.number("%s", bytes(layer.fp32Bytes())),
        Cell.number("%.4g", layer.leastWeight()),
        Cell.number("%.4g", layer.greatestWeight()),
        Cell.number(scaled ? "%.3g" : "", layer.leastScale()),
        Cell.number(scaled ? "%.3g" : "", layer.greatestScale()),
        Cell.number("%.2e", layer.weightError()),
        Cell.number(
            Double.isFinite(layer.weightSignalToNoise()) ? "%.1f dB" : "exact",
            layer.weightSignalToNoise()),
        layer.sensitivity().isEmpty()
            ? Cell.text("not measured", "dim")
            : Cell.bar(most == 0 ? 0 : greatest / most, words));
  }

  private void activations() {
    if (report.activations().isEmpty()) {
      return;
    }
    html.heading("Activations")
        .table(
            List.of(
                Column.text("tensor"),
                Column.text("method"),
                Column.number("seen from"),
                Column.number("to"),
                Column.number("range from"),
                Column.number("to"),
                Column.number("scale"),
                Column.number("zero point"),
                Column.number("rms error")),
            report.activations().stream().map(HtmlReport::activation).toList());
  }

  private static List<Cell> activation(ActivationRow row) {
    return List.of(
        Cell.text(row.name()),
        Cell.text(row.method()),
        Cell.number("%.4g", row.leastSeen()),
        Cell.number("%.4g", row.greatestSeen()),
        Cell.number("%.4g", row.least()),
        Cell.number("%.4g", row.greatest()),
        Cell.number("%.3g", row.scale()),
        Cell.number("%d", row.zeroPoint()),
        Cell.number("%.2e", row.error()));
  }

  private void graph() {
    if (!report.optimization().isEmpty()) {
      html.heading("Graph optimization")
          .table(
              List.of(Column.text("pass"), Column.number("applied")),
              report.optimization().stream()
                  .map(pass -> List.of(Cell.text(pass.name()), Cell.number("%d", pass.applied())))
                  .toList());
    }
    if (!report.memory().isEmpty()) {
      html.heading("Memory")
          .table(
              List.of(
                  Column.text("graph"),
                  Column.number("weights"),
                  Column.number("activations at their peak"),
                  Column.text("at")),
              report.memory().stream().map(HtmlReport::memory).toList());
    }
  }

  private static List<Cell> memory(Memory memory) {
    return List.of(
        Cell.text(memory.graph()),
        Cell.number("%s", bytes(memory.weightBytes())),
        Cell.number("%s", bytes(memory.peakActivationBytes())),
        Cell.text(memory.peakAt()));
  }

  private void rest() {
    if (!report.notes().isEmpty()) {
      html.heading("Notes").raw("<ul>\n");
      report.notes().forEach(note -> html.element("li", "", note));
      html.raw("</ul>\n");
    }
    html.heading("Settings")
        .table(
            List.of(Column.text("setting"), Column.text("value")),
            report.settings().entrySet().stream()
                .map(e -> List.of(Cell.text(e.getKey()), Cell.text(e.getValue())))
                .toList());
  }

  private static String counts(Map<String, Long> precisions) {
    return precisions.entrySet().stream()
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String optional(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "–";
  }

  private static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
