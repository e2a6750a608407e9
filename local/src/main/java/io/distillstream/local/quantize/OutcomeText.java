package io.distillstream.local.quantize;

import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.search.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What came of a quantization, for the terminal. */
public final class OutcomeText {
  private OutcomeText() {}

  /** A table of the candidates and the decision. */
  public static List<String> of(Quantization made) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "  %-14s %12s %7s %9s %8s %7s %15s %8s %7s  %s",
            "scheme",
            "bytes",
            "of fp32",
            "agreement",
            "cosine",
            "error",
            "accuracy (fp32)",
            "median",
            "p95",
            "verdict"));
    made.attempts().forEach(attempt -> lines.add(row(attempt)));
    made.attempts().stream()
        .filter(attempt -> !attempt.foreignOperators().isEmpty())
        .forEach(
            attempt ->
                lines.add(
                    "  %s uses operators not of ONNX: %s"
                        .formatted(attempt.ladder().text(), counts(attempt.foreignOperators()))));
    lines.add("");
    lines.add(made.choice().reason());
    made.choice().best().verdict().warnings().forEach(warning -> lines.add("warning: " + warning));
    return lines;
  }

  private static String counts(Map<String, Long> operators) {
    return operators.entrySet().stream()
        .map(operator -> operator.getValue() + " " + operator.getKey())
        .collect(Collectors.joining(", "));
  }

  /** Of a candidate that gave no answers there is nothing to say. */
  private static String measure(String format, Quality quality, ToDoubleFunction<Quality> measure) {
    return quality.outputs().isEmpty()
        ? "-"
        : String.format(Locale.ROOT, format, measure.applyAsDouble(quality));
  }

  private static String row(Attempt attempt) {
    Measurements measured = attempt.measured();
    Quality quality = measured.quality();
    String accuracy =
        quality.accuracyOfCandidate().isPresent()
            ? String.format(
                Locale.ROOT,
                "%.4f (%.4f)",
                quality.accuracyOfCandidate().getAsDouble(),
                quality.accuracyOfOriginal().orElseThrow())
            : "-";
    return String.format(
        Locale.ROOT,
        "  %-14s %,12d %6.1f%% %9s %8s %7s %15s %8s %7s  %s",
        attempt.ladder().text(),
        measured.bytes(),
        100 * measured.sizeRatio(),
        measure("%.4f", quality, Quality::agreement),
        measure("%.5f", quality, Quality::meanCosine),
        measure("%.4f", quality, Quality::rangeError),
        accuracy,
        measured
            .latency()
            .map(ratio -> String.format(Locale.ROOT, "×%.2f", ratio.median()))
            .orElse("-"),
        measured
            .latency()
            .map(ratio -> String.format(Locale.ROOT, "×%.2f", ratio.p95()))
            .orElse("-"),
        attempt.verdict().passed() ? "passed" : String.join("; ", attempt.verdict().violations()));
  }
}
