package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.SampleCounts;
import io.distillstream.artifacts.delta.DeltaSettings;
import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.artifacts.signing.SigningSettings;
import io.distillstream.quantization.QuantizationSettings;
import io.distillstream.quantization.QuantizationSettings.Effort;
import io.distillstream.quantization.QuantizationSettings.Passes;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.gate.GateBudgets;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.search.Timing;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.update.UpdateManifest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is published on one channel, and how it is made.
 *
 * @param model whose checkpoints it takes
 * @param plan the channel and its devices
 * @param quantization of each checkpoint
 * @param samples how many texts are looked at
 * @param incumbent how candidates are compared with what devices run
 * @param keepReplaced how long an artifact stays that a newer one has replaced
 * @param deltas which deltas are published
 * @param signing how its updates are signed
 */
public record QuantizerSettings(
    String model,
    ChannelPlan plan,
    QuantizationSettings quantization,
    SampleCounts samples,
    IncumbentSettings incumbent,
    Duration keepReplaced,
    DeltaSettings deltas,
    SigningSettings signing) {

  /** Where the quantizer's health and metrics are served. */
  public static final HttpSettings HTTP = HttpSettings.ofProbes("quantizer", 8084);

  private static final Setting<String> MODEL =
      Setting.text("quantizer.model", "student", "Model whose checkpoints are quantized.")
          .accepting("a name without '/'", ChannelPlan::isName);
  private static final Setting<List<String>> CHANNELS =
      Setting.list(
              "quantizer.channels",
              "stable=int8",
              "Channels and the kind of device on each: every checkpoint is made into one artifact"
                  + " per channel.")
          .accepting(ChannelPlan.ACCEPTED, ChannelPlan::areValid);
  private static final Setting<Double> MIN_AGREEMENT =
      Setting.decimal(
              "quantizer.min-agreement",
              0.98,
              "Least share of evaluation texts on which the artifact predicts what fp32 predicts.")
          .between(0.0, 1.0);
  private static final Setting<Double> MIN_AGREEMENT_INT4 =
      Setting.decimal(
              "quantizer.min-agreement-int4", 0.95, "The same for artifacts of profile tiny-int4.")
          .between(0.0, 1.0);
  private static final Setting<Double> MAX_ACCURACY_DROP =
      Setting.decimal(
              "quantizer.max-accuracy-drop",
              0.02,
              "Most accuracy lost against fp32, over the evaluation texts whose truth is known.")
          .between(0.0, 1.0);
  private static final Setting<Double> MAX_SIZE_RATIO =
      Setting.decimal(
              "quantizer.max-size-ratio",
              0.30,
              "Largest artifact size over that of the fp32 file; of profile fp16, this plus 0.25.")
          .between(0.01, 1.5);
  private static final Setting<Double> MAX_LATENCY_RATIO =
      Setting.decimal(
              "quantizer.max-latency-ratio",
              1.5,
              "Largest p95 latency of the artifact over that of fp32, one text at a time.")
          .between(0.01, 1000.0);
  private static final Setting<Double> MAX_MEMORY_RATIO =
      Setting.decimal(
              "quantizer.max-memory-ratio",
              1.0,
              "Largest weights and activations at their peak over those of fp32.")
          .between(0.01, 10.0);
  private static final Setting<Integer> MAX_FALLBACK_LAYERS =
      Setting.integer(
              "quantizer.max-fallback-layers",
              4,
              "Most layers that may return to a higher precision where predictions differ.")
          .between(0, 1000);
  private static final Setting<Integer> EVALUATION_SAMPLES =
      Setting.integer(
              "quantizer.evaluation-samples",
              256,
              "Recent live texts on which the gate compares; synthetic ones stand in while there are"
                  + " fewer live ones than a verdict needs.")
          .between(1, 100_000);
  private static final Setting<Integer> MIN_EVALUATION_SAMPLES =
      Setting.integer(
              "quantizer.min-evaluation-samples",
              32,
              "Fewest texts a verdict may rest on; with fewer nothing is published.")
          .between(1, 100_000);
  private static final Setting<Integer> TIMED_SAMPLES =
      Setting.integer(
              "quantizer.timed-samples", 64, "Evaluation texts on which latency is compared.")
          .between(1, 100_000);
  private static final Setting<Integer> PROBE_SAMPLES =
      Setting.integer(
              "quantizer.probe-samples",
              4,
              "Texts made up from the model's vocabulary that go along with their logits, so that a"
                  + " device can check itself; never texts of the traffic.")
          .between(1, 64);
  private static final Setting<CalibrationMethod> CALIBRATION =
      Setting.oneOf(
          "quantizer.calibration",
          CalibrationMethod.MSE,
          "How ranges of activations are chosen, for profiles that use them.");
  private static final Setting<Integer> CALIBRATION_SAMPLES =
      Setting.integer(
              "quantizer.calibration-samples",
              128,
              "Texts since the last checkpoint, at most, whose activations are watched.")
          .between(1, 100_000);
  private static final Setting<Integer> CALIBRATION_HALF_LIFE =
      Setting.integer(
              "quantizer.calibration-half-life",
              1_000,
              "After how many further texts what was watched counts half.")
          .between(1, 100_000_000);
  private static final Setting<Duration> KEEP_REPLACED =
      Setting.duration(
          "quantizer.keep-replaced",
          Duration.ofMinutes(10),
          "How long an artifact stays that a newer one has replaced, for devices that are fetching"
              + " it. That of a channel's newest update always stays.");

  public QuantizerSettings {
    if (!ChannelPlan.isName(model)) {
      throw new IllegalArgumentException("A model is a name without '/', was " + model);
    }
  }

  public static List<Setting<?>> all() {
    List<Setting<?>> own =
        List.of(
            MODEL,
            CHANNELS,
            MIN_AGREEMENT,
            MIN_AGREEMENT_INT4,
            MAX_ACCURACY_DROP,
            MAX_SIZE_RATIO,
            MAX_LATENCY_RATIO,
            MAX_MEMORY_RATIO,
            MAX_FALLBACK_LAYERS,
            EVALUATION_SAMPLES,
            MIN_EVALUATION_SAMPLES,
            TIMED_SAMPLES,
            PROBE_SAMPLES,
            CALIBRATION,
            CALIBRATION_SAMPLES,
            CALIBRATION_HALF_LIFE,
            KEEP_REPLACED);
    return Stream.of(
            own, IncumbentSettings.all(), DeltaSettings.all(), SigningSettings.all(), HTTP.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /** One for each channel, at least one. */
  public static List<QuantizerSettings> from(Settings settings) {
    return ChannelPlan.parse(settings.get(CHANNELS)).stream()
        .map(plan -> of(plan, settings))
        .toList();
  }

  private static QuantizerSettings of(ChannelPlan plan, Settings settings) {
    DeviceProfile profile = plan.profile();
    DeltaSettings deltas = DeltaSettings.from(settings);
    return new QuantizerSettings(
        settings.get(MODEL),
        plan,
        new QuantizationSettings(
            profile.ladders(),
            List.of(),
            profile.objective(),
            budgets(profile, settings),
            SchemeOptions.DEFAULTS,
            profile.target(),
            CalibrationSettings.of(settings.get(CALIBRATION))
                .withHalfLifeSamples(settings.get(CALIBRATION_HALF_LIFE)),
            Passes.STANDARD.with(deltas.constants()),
            new Timing(settings.get(TIMED_SAMPLES), 2),
            new Effort(settings.get(MAX_FALLBACK_LAYERS), 32, false)),
        new SampleCounts(
            settings.get(EVALUATION_SAMPLES),
            settings.get(PROBE_SAMPLES),
            settings.get(CALIBRATION_SAMPLES)),
        IncumbentSettings.from(settings),
        settings.get(KEEP_REPLACED),
        deltas,
        SigningSettings.from(settings));
  }

  private static GateBudgets budgets(DeviceProfile profile, Settings settings) {
    return new GateBudgets(
        settings.get(profile == DeviceProfile.TINY_INT4 ? MIN_AGREEMENT_INT4 : MIN_AGREEMENT),
        // A student's only output are logits, which neither of these judges.
        -1,
        1,
        settings.get(MAX_ACCURACY_DROP),
        settings.get(MAX_SIZE_RATIO) + (profile == DeviceProfile.FP16 ? 0.25 : 0),
        settings.get(MAX_LATENCY_RATIO),
        settings.get(MAX_MEMORY_RATIO),
        settings.get(MIN_EVALUATION_SAMPLES));
  }

  /** Where its artifacts are published. */
  public String channel() {
    return plan.channel();
  }

  /** Key of its updates. */
  String updateKey() {
    return UpdateManifest.updateKey(model, channel());
  }
}
