package io.distillstream.quantizer;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;

/**
 * What one quantizer does.
 *
 * @param model whose checkpoints it takes
 * @param channel on which it publishes
 * @param budgets of the gate
 * @param evaluationSamples how many recent texts the gate looks at
 * @param probeSamples how many of them go into the manifest, for devices to check themselves
 */
public record QuantizerSettings(
    String model, String channel, GateBudgets budgets, int evaluationSamples, int probeSamples) {

  private static final Setting<String> MODEL =
      Setting.text("quantizer.model", "student", "Model whose checkpoints are quantized.")
          .accepting("a name without '/'", QuantizerSettings::isName);
  private static final Setting<String> CHANNEL =
      Setting.text("quantizer.channel", "stable", "Channel on which artifacts are published.")
          .accepting("a name without '/'", QuantizerSettings::isName);
  private static final Setting<Double> MIN_AGREEMENT =
      Setting.decimal(
              "quantizer.min-agreement",
              0.98,
              "Least share of evaluation texts on which the artifact predicts what fp32 predicts.")
          .between(0.0, 1.0);
  private static final Setting<Double> MAX_SIZE_RATIO =
      Setting.decimal(
              "quantizer.max-size-ratio", 0.30, "Largest artifact size over that of the fp32 file.")
          .between(0.01, 1.5);
  private static final Setting<Double> MAX_LATENCY_RATIO =
      Setting.decimal(
              "quantizer.max-latency-ratio",
              1.5,
              "Largest median latency of the artifact over that of fp32, one text at a time.")
          .between(0.01, 1000.0);
  private static final Setting<Integer> MAX_FALLBACK_LAYERS =
      Setting.integer(
              "quantizer.max-fallback-layers",
              4,
              "Most layers that may return to fp32 where predictions differ too often.")
          .between(0, 1000);
  private static final Setting<Integer> EVALUATION_SAMPLES =
      Setting.integer(
              "quantizer.evaluation-samples", 256, "Recent live texts on which the gate compares.")
          .between(1, 100_000);
  private static final Setting<Integer> MIN_EVALUATION_SAMPLES =
      Setting.integer(
              "quantizer.min-evaluation-samples",
              32,
              "Fewest texts a verdict may rest on; with fewer nothing is published.")
          .between(1, 100_000);
  private static final Setting<Integer> PROBE_SAMPLES =
      Setting.integer(
              "quantizer.probe-samples",
              4,
              "Evaluation texts sent along with their logits, so that a device can check itself.")
          .between(1, 64);

  public QuantizerSettings {
    if (!isName(model) || !isName(channel)) {
      throw new IllegalArgumentException(
          "Model and channel need names without '/', were '%s' and '%s'".formatted(model, channel));
    }
    if (evaluationSamples < 1 || probeSamples < 1) {
      throw new IllegalArgumentException(
          "Expected at least one sample, got %d to evaluate and %d to probe"
              .formatted(evaluationSamples, probeSamples));
    }
  }

  public static List<Setting<?>> all() {
    return List.of(
        MODEL,
        CHANNEL,
        MIN_AGREEMENT,
        MAX_SIZE_RATIO,
        MAX_LATENCY_RATIO,
        MAX_FALLBACK_LAYERS,
        EVALUATION_SAMPLES,
        MIN_EVALUATION_SAMPLES,
        PROBE_SAMPLES);
  }

  public static QuantizerSettings from(Settings settings) {
    return new QuantizerSettings(
        settings.get(MODEL),
        settings.get(CHANNEL),
        new GateBudgets(
            settings.get(MIN_AGREEMENT),
            settings.get(MAX_SIZE_RATIO),
            settings.get(MAX_LATENCY_RATIO),
            settings.get(MIN_EVALUATION_SAMPLES),
            settings.get(MAX_FALLBACK_LAYERS)),
        settings.get(EVALUATION_SAMPLES),
        settings.get(PROBE_SAMPLES));
  }

  /** Key of its updates. */
  String updateKey() {
    return model + "/" + channel;
  }

  private static boolean isName(String name) {
    return !name.isBlank() && !name.contains("/");
  }
}
