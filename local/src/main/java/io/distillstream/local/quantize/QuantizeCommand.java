package io.distillstream.local.quantize;

import io.distillstream.local.feed.LoggedTexts;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.ModelQuantizer;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.QuantizationSettings;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.engine.AheadOfTime;
import io.distillstream.quantization.report.ReportFiles;
import io.distillstream.quantization.report.Reports;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Quantizes any ONNX model without a pipeline. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make the best artifact of an ONNX classifier or encoder (operator set 7 and up): simplify",
      "its graph, watch its activations, try schemes, judge each beside the original, and write",
      "what passes. Where nothing passes, the nearest candidate goes to OUT.rejected.onnx, and the",
      "exit code is 1."
    })
public final class QuantizeCommand implements Callable<Integer> {

  @Parameters(paramLabel = "MODEL", description = "The fp32 model, an .onnx file.")
  private Path model;

  @Option(names = "--out", required = true, paramLabel = "OUT", description = "The artifact.")
  private Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write FILE.html and FILE.json: what was done, and why.")
  private @Nullable Path report;

  @Option(
      names = "--ort",
      paramLabel = "FILE",
      description = "Write the artifact in ONNX Runtime's own format, too.")
  private @Nullable Path ort;

  @Mixin private SampleChoice samples = new SampleChoice();

  @Mixin private SchemeChoice schemes = new SchemeChoice();

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  QuantizeCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(model)) {
      throw new CommandFailedException("No model file " + model);
    }
    SampleOptions options = checked(samples::options);
    QuantizationSettings plan = checked(() -> schemes.settings(samples.calibrates()));
    OnnxModel fp32 = OnnxModel.read(model);
    SampleChoice.Chosen chosen = samples.open(fp32, options, this::newest);
    Quantization made = quantize(fp32, chosen, plan);
    PrintWriter terminal = spec.commandLine().getOut();
    OutcomeText.of(made).forEach(terminal::println);
    if (report != null) {
      ReportFiles.write(Reports.of(made, model.getFileName().toString(), chosen.origin()), report);
      terminal.println("Report: " + report);
    }
    Path target =
        made.choice().passed() ? out : out.resolveSibling(out.getFileName() + ".rejected.onnx");
    OnnxModel artifact = made.artifact();
    artifact.write(target);
    terminal.println((made.choice().passed() ? "Artifact: " : "Not passed: ") + target);
    if (ort != null && made.choice().passed()) {
      Files.write(ort, AheadOfTime.ortFormat(artifact));
      terminal.println("ORT format: " + ort);
    }
    terminal.flush();
    return made.choice().passed() ? 0 : 1;
  }

  /** What options add up to; one that is out of range is wrong usage. */
  private <T> T checked(Supplier<T> options) {
    try {
      return options.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Quantization quantize(
      OnnxModel fp32, SampleChoice.Chosen chosen, QuantizationSettings plan) {
    return new ModelQuantizer(plan, new TerminalProgress(spec.commandLine().getErr()))
        .quantize(fp32, samples.evidence(chosen, fp32, plan.calibration()));
  }

  private List<String> newest(int most) {
    ClusterSettings cluster = ClusterSettings.from(settings.load());
    ClusterSettings.requireReachable(cluster.connection());
    Deque<String> newest = new ArrayDeque<>();
    Consumer<String> keep =
        text -> {
          newest.addLast(text);
          if (newest.size() > most) {
            newest.removeFirst();
          }
        };
    LogFile.during(
        () -> LoggedTexts.read(cluster.connection(), cluster.pipeline(), keep),
        cluster.dataFolder(),
        "quantize",
        spec.commandLine().getErr()::println);
    return List.copyOf(newest);
  }
}
