package io.distillstream.quantization.report;

import io.distillstream.quantization.QuantizationSettings;
import io.distillstream.quantization.search.Ladder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Settings as a report shows them. */
final class SettingsText {
  private SettingsText() {}

  static Map<String, String> of(QuantizationSettings settings) {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("ladders", names(settings.ladders()));
    text.put("fallbacks", names(settings.fallbacks()));
    text.put("objective", lower(settings.objective()));
    text.put("scales of weights", lower(settings.schemes().granularity()));
    text.put("8-bit weights", lower(settings.schemes().form()));
    text.put("block size", Integer.toString(settings.schemes().blocks().size()));
    text.put("fused attention", Boolean.toString(settings.schemes().fuseAttention()));
    text.put("fp16", lower(settings.schemes().half()));
    text.put("least bytes saved of a layer", minSavedBytes(settings.schemes().minSavedBytes()));
    text.put("calibration", settings.calibration().method().text());
    text.put("least agreement", Double.toString(settings.budgets().minAgreement()));
    text.put("least cosine", Double.toString(settings.budgets().minCosine()));
    text.put(
        "largest error over an output's range",
        Double.toString(settings.budgets().maxRangeError()));
    text.put("most accuracy lost", Double.toString(settings.budgets().maxAccuracyDrop()));
    text.put("largest size", Double.toString(settings.budgets().maxSizeRatio()));
    text.put("largest p95 latency", Double.toString(settings.budgets().maxLatencyRatio()));
    text.put("largest memory", Double.toString(settings.budgets().maxMemoryRatio()));
    text.put("graph optimization", Boolean.toString(settings.passes().optimize()));
    text.put("cross-layer equalization", Boolean.toString(settings.passes().equalize()));
    text.put("smoothing", Boolean.toString(settings.passes().smooth()));
    text.put("bias correction", Boolean.toString(settings.passes().correctBias()));
    text.put("significant bits", Integer.toString(settings.passes().constants().bits()));
    return text;
  }

  private static String minSavedBytes(OptionalLong bytes) {
    return bytes.isPresent() ? Long.toString(bytes.getAsLong()) : "by what the model saves";
  }

  private static String names(List<Ladder> ladders) {
    return ladders.stream().map(Ladder::text).collect(Collectors.joining(", "));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
