package io.distillstream.quantization.report;

import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.WeightRange;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.report.QuantizationReport.LayerRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a report says of the layers. */
final class LayerRows {
  private LayerRows() {}

  static List<LayerRow> of(Quantization made) {
    Map<String, Map<String, Double>> sensitivities = new LinkedHashMap<>();
    made.sensitivities()
        .forEach(
            found ->
                sensitivities
                    .computeIfAbsent(found.key().layer(), name -> new LinkedHashMap<>())
                    .put(found.key().precision().text(), found.error()));
    return made.graph().layers().all().stream()
        .map(layer -> row(layer, made, sensitivities.getOrDefault(layer.name(), Map.of())))
        .toList();
  }

  private static LayerRow row(Layer layer, Quantization made, Map<String, Double> sensitivity) {
    GraphQuantizer graph = made.graph();
    Precision precision = made.choice().best().plan().of(layer.name());
    WeightRange range = graph.layers().weightRange(layer);
    double squaredError = graph.weightError(layer, precision);
    return new LayerRow(
        layer.name(),
        layer.use().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        layer.rows() + " × " + layer.columns(),
        precision.text(),
        graph.bytes(layer, precision),
        graph.bytes(layer, Precision.FP32),
        range.least(),
        range.greatest(),
        graph.scales(layer, precision).map(scales -> (double) scales.least()).orElse(0.0),
        graph.scales(layer, precision).map(scales -> (double) scales.greatest()).orElse(0.0),
        Math.sqrt(squaredError / layer.elements()),
        10 * Math.log10(range.squares() / squaredError),
        sensitivity);
  }
}
