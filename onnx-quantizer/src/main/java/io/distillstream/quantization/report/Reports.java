package io.distillstream.quantization.report;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.gate.OutputQuality;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.optimize.memory.MemoryPlan;
import io.distillstream.quantization.report.QuantizationReport.Candidate;
import io.distillstream.quantization.report.QuantizationReport.Data;
import io.distillstream.quantization.report.QuantizationReport.Decision;
import io.distillstream.quantization.report.QuantizationReport.Memory;
import io.distillstream.quantization.report.QuantizationReport.OutputRow;
import io.distillstream.quantization.report.QuantizationReport.Pass;
import io.distillstream.quantization.report.QuantizationReport.Source;
import io.distillstream.quantization.search.Attempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Makes reports of quantizations. */
public final class Reports {
  private Reports() {}

  /**
   * The report of one quantization.
   *
   * @param name of the model that came in
   * @param origin of its samples
   */
  public static QuantizationReport of(Quantization made, String name, String origin) {
    Attempt best = made.choice().best();
    return new QuantizationReport(
        source(made.original(), name),
        data(made, origin),
        SettingsText.of(made.settings()),
        made.optimization().stream()
            .flatMap(optimization -> optimization.applied().stream())
            .map(pass -> new Pass(pass.name(), pass.count()))
            .toList(),
        made.memory().entrySet().stream().map(e -> memory(e.getKey(), e.getValue())).toList(),
        made.attempts().stream().map(attempt -> candidate(attempt, made)).toList(),
        new Decision(made.choice().passed(), best.describe(), made.choice().reason()),
        LayerRows.of(made),
        ActivationRows.of(made),
        notes(made));
  }

  private static List<String> notes(Quantization made) {
    List<String> notes = new ArrayList<>();
    made.optimization().ifPresent(optimization -> notes.addAll(optimization.notes()));
    made.memory().forEach((stage, plan) -> notes.add(stage + ": " + plan.orderStatement()));
    made.signedness()
        .ifPresent(
            choice -> {
              notes.add(
                  "8-bit weights for %s are %s; relative squared errors of products and, where they could be timed, microseconds:"
                      .formatted(lower(choice.target()), lower(choice.form())));
              choice
                  .trials()
                  .forEach(
                      trial ->
                          notes.add(
                              String.format(
                                  Locale.ROOT,
                                  "%s: error %.2e%s",
                                  lower(trial.form()),
                                  trial.error(),
                                  trial.micros().isPresent()
                                      ? String.format(
                                          Locale.ROOT, ", %.0f µs", trial.micros().getAsDouble())
                                      : "")));
            });
    return notes;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Source source(OnnxModel model, String name) {
    long parameters =
        model.initializerNames().stream()
            .map(initializer -> model.initializer(initializer).orElseThrow())
            .filter(tensor -> tensor.type() == ElementType.FLOAT32)
            .mapToLong(Tensor::elements)
            .sum();
    List<NodeProto> nodes = model.nodes();
    return new Source(
        name, model.sha256(), model.sizeBytes(), model.opset(), nodes.size(), parameters);
  }

  private static Data data(Quantization made, String origin) {
    Quality quality = made.choice().best().measured().quality();
    return new Data(
        made.calibration().map(state -> state.samples()).orElse(0L),
        quality.samples(),
        quality.labelled(),
        origin);
  }

  private static Memory memory(String stage, MemoryPlan plan) {
    return new Memory(stage, plan.weightBytes(), plan.peakActivationBytes(), plan.peakNode());
  }

  private static Candidate candidate(Attempt attempt, Quantization made) {
    Measurements measured = attempt.measured();
    Quality quality = measured.quality();
    Map<String, Long> precisions = new LinkedHashMap<>();
    attempt.layers().forEach((precision, count) -> precisions.put(precision.text(), count));
    return new Candidate(
        attempt.ladder().text(),
        precisions,
        attempt.foreignOperators(),
        measured.bytes(),
        measured.sizeRatio(),
        quality.samples(),
        of(quality, Quality::agreement),
        of(quality, Quality::meanCosine),
        of(quality, Quality::rangeError),
        of(quality, Quality::maxAbsDifference),
        of(quality, Quality::signalToNoise),
        quality.outputs().stream().map(Reports::output).toList(),
        quality.accuracyOfOriginal(),
        quality.accuracyOfCandidate(),
        latency(measured, ratio -> ratio.candidate().median() / 1_000),
        latency(measured, ratio -> ratio.candidate().p95() / 1_000),
        latency(measured, LatencyRatio::median),
        latency(measured, LatencyRatio::p95),
        measured.memoryRatio(),
        attempt.verdict().violations(),
        attempt.verdict().warnings(),
        made.choice().passed() && attempt.equals(made.choice().best()));
  }

  private static OptionalDouble of(Quality quality, ToDoubleFunction<Quality> measure) {
    return quality.outputs().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(measure.applyAsDouble(quality));
  }

  private static OutputRow output(OutputQuality output) {
    return new OutputRow(
        output.output(),
        lower(output.kind()),
        output.agreement(),
        output.meanCosine(),
        output.rangeError(),
        output.maxAbsDifference(),
        output.signalToNoise(),
        output.reshaped());
  }

  private static OptionalDouble latency(
      Measurements measured, ToDoubleFunction<LatencyRatio> value) {
    return measured.latency().stream().mapToDouble(value).findFirst();
  }
}
