package io.distillstream.benchmarks.quantize;

import io.distillstream.local.quantize.SampleChoice;
import io.distillstream.local.quantize.SchemeChoice;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.ModelQuantizer;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.QuantizationSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/**
 * Quantizes as {@code ./distillstream quantize} does, from file to file, with that command's own
 * defaults for all that is not given.
 */
final class DefaultQuantizer {
  /** Samples that the command calibrates and judges on, where it has so many. */
  static final int CALIBRATED_AND_JUDGED = 256 + 256;

  private DefaultQuantizer() {}

  /**
   * What was made.
   *
   * @param quantization with all candidates
   * @param times of its stages
   */
  record Made(Quantization quantization, StageTimes times) {}

  /**
   * Reads a model, quantizes it and writes the best candidate.
   *
   * @param samples options of the command that choose samples
   * @param schemes options of the command that choose schemes
   */
  static Made quantize(Path model, Path target, List<String> samples, List<String> schemes)
      throws IOException {
    SampleChoice sampleChoice =
        CommandLine.populateCommand(new SampleChoice(), samples.toArray(String[]::new));
    SchemeChoice schemeChoice =
        CommandLine.populateCommand(new SchemeChoice(), schemes.toArray(String[]::new));
    StageTimes times = new StageTimes("reading the model");
    OnnxModel fp32 = OnnxModel.read(model);
    times.at("reading samples", 0, 0);
    SampleChoice.Chosen chosen =
        sampleChoice.open(
            fp32,
            sampleChoice.options(),
            most -> {
              throw new IOException("No pipeline runs beside a benchmark");
            });
    times.at("loading the original", 0, 0);
    QuantizationSettings plan = schemeChoice.settings(chosen.calibration().isPresent());
    Quantization made =
        new ModelQuantizer(plan, times)
            .quantize(fp32, sampleChoice.evidence(chosen, fp32, plan.calibration()));
    times.at("writing the artifact", 0, 0);
    made.artifact().write(target);
    times.end();
    return new Made(made, times);
  }
}
