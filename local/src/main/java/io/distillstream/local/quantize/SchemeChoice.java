package io.distillstream.local.quantize;

import io.distillstream.quantization.QuantizationSettings;
import io.distillstream.quantization.QuantizationSettings.Effort;
import io.distillstream.quantization.QuantizationSettings.Passes;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.plan.BlockOptions;
import io.distillstream.quantization.plan.HalfMode;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Timing;
import io.distillstream.quantization.signedness.TargetProcessor;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.SignificantBits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is to be quantized. */
public final class SchemeChoice {

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      converter = HyphenatedNames.OfLadder.class,
      description = {
        "int8-dynamic, int8-static, int8-weights, int4-weights or fp16; repeatable: the best of",
        "them is taken. Default: int8-dynamic, and int8-static with calibration; where neither",
        "passes int8-weights, then fp16."
      })
  private List<Ladder> schemes = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "WHAT",
      converter = HyphenatedNames.OfObjective.class,
      description = "smallest or fastest of what passes (default: ${DEFAULT-VALUE}).")
  private ChoiceCriterion objective = ChoiceCriterion.SMALLEST;

  @Option(
      names = "--target",
      paramLabel = "CPU",
      converter = HyphenatedNames.OfTarget.class,
      description =
          "this-machine, arm64, x86-vnni or x86-avx2: what 8-bit weights are written for (default:"
              + " ${DEFAULT-VALUE}).")
  private TargetProcessor target = TargetProcessor.THIS_MACHINE;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      converter = HyphenatedNames.OfMethod.class,
      description =
          "Ranges of activations by min-max, percentile, entropy, mse or moving-average (default:"
              + " ${DEFAULT-VALUE}).")
  private CalibrationMethod method = CalibrationMethod.MSE;

  @Option(
      names = "--percentile",
      paramLabel = "P",
      description = "Share of values that percentile keeps (default: ${DEFAULT-VALUE}).")
  private double percentile = 99.99;

  @Option(names = "--per-tensor", description = "One scale per matrix instead of one per channel.")
  private boolean perTensor;

  @Option(
      names = "--block-size",
      paramLabel = "N",
      description = "Weights that share a scale in int4-weights and int8-weights (default: 32).")
  private int blockSize = BlockOptions.DEFAULTS.size();

  @Option(
      names = "--min-saved-bytes",
      paramLabel = "N",
      description =
          "Leave layers alone of which 8 bits save less; 0: quantize whatever saves anything"
              + " (default: 16384, or less where"
              + " that would leave more than a fiftieth of all that 8 bits save).")
  private @Nullable Long minSavedBytes;

  @Option(
      names = "--fp16-arithmetic",
      description = "Compute in half width too, instead of holding weights in it alone.")
  private boolean halfArithmetic;

  @Option(names = "--no-optimize", description = "Leave the graph as it is before quantizing.")
  private boolean noOptimize;

  @Option(
      names = "--equalize",
      description = "Equalize the channels of neighbouring Conv and Gemm layers first.")
  private boolean equalize;

  @Option(
      names = "--no-smooth",
      description = "Leave outlying channels of activations as they are before 8-bit products.")
  private boolean noSmooth;

  @Option(
      names = "--no-fuse-attention",
      description = {
        "Leave attention over products in dynamic 8 bits in operators that any engine knows,",
        "instead of one that only ONNX Runtime has."
      })
  private boolean noFuseAttention;

  @Option(
      names = "--correct-bias",
      description = "Take the mean error of rounded weights off the biases.")
  private boolean correctBias;

  @Option(
      names = "--max-fallback-layers",
      paramLabel = "N",
      description = "Most layers that may return to a higher precision (default: as many as help).")
  private int maxFallbackLayers = Integer.MAX_VALUE;

  @Option(
      names = "--sensitivity",
      description =
          "Measure every layer's sensitivity for the report, also where nothing needs it.")
  private boolean sensitivity;

  @Option(
      names = "--timed-samples",
      paramLabel = "N",
      description = "Samples on which latency is compared; 0 for none (default: ${DEFAULT-VALUE}).")
  private int timedSamples = 32;

  @Mixin private BudgetChoice budgets = new BudgetChoice();

  /**
   * The settings.
   *
   * @param calibrated whether there is real data to calibrate on
   */
  public QuantizationSettings settings(boolean calibrated) {
    return new QuantizationSettings(
        ladders(calibrated),
        schemes.isEmpty() ? List.of(Ladder.INT8_WEIGHTS, Ladder.FP16) : List.of(),
        objective,
        budgets.budgets(),
        options(),
        Optional.of(target),
        CalibrationSettings.of(method)
            .withPercentile(percentile)
            .withThreads(Runtime.getRuntime().availableProcessors()),
        new Passes(
            !noOptimize, equalize, calibrated && !noSmooth, correctBias, SignificantBits.ALL),
        new Timing(timedSamples, 3),
        new Effort(maxFallbackLayers, 16, sensitivity));
  }

  private List<Ladder> ladders(boolean calibrated) {
    if (!schemes.isEmpty()) {
      return schemes;
    }
    return calibrated
        ? List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC)
        : List.of(Ladder.INT8_DYNAMIC);
  }

  private SchemeOptions options() {
    SchemeOptions options =
        SchemeOptions.DEFAULTS.with(new BlockOptions(blockSize, BlockOptions.DEFAULTS.kernels()));
    options = perTensor ? options.with(Granularity.PER_TENSOR) : options;
    options = minSavedBytes == null ? options : options.withMinSavedBytes(minSavedBytes);
    options = noFuseAttention ? options.withoutFusedAttention() : options;
    return halfArithmetic ? options.with(HalfMode.ARITHMETIC) : options;
  }
}
