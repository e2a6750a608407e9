package io.distillstream.benchmarks;

import io.distillstream.benchmarks.capacity.CapacityBenchmark;
import io.distillstream.benchmarks.datafree.DataFreeBenchmark;
import io.distillstream.benchmarks.delta.DeltaBenchmark;
import io.distillstream.benchmarks.gateway.GatewayBenchmark;
import io.distillstream.benchmarks.lag.LagBenchmark;
import io.distillstream.benchmarks.overload.OverloadBenchmark;
import io.distillstream.benchmarks.quantize.QuantizeBenchmark;
import io.distillstream.benchmarks.scenario.StreamBenchmark;
import io.distillstream.benchmarks.service.CheckpointBenchmark;
import io.distillstream.benchmarks.service.JoinerBenchmark;
import io.distillstream.benchmarks.service.ResumeBenchmark;
import io.distillstream.benchmarks.service.TeacherBenchmark;
import io.distillstream.benchmarks.service.TrainerBenchmark;
import io.distillstream.benchmarks.soak.SoakBenchmark;
import io.distillstream.benchmarks.stream.AdversarialBenchmark;
import io.distillstream.benchmarks.stream.DriftBenchmark;
import io.distillstream.benchmarks.stream.PassBenchmark;
import io.distillstream.benchmarks.stream.PyTorchBenchmark;
import io.distillstream.benchmarks.student.FamiliesBenchmark;
import io.distillstream.benchmarks.student.LossBenchmark;
import io.distillstream.benchmarks.student.NextTokenBenchmark;
import io.distillstream.benchmarks.student.PruningBenchmark;
import io.distillstream.benchmarks.tap.SamplingBenchmark;
import io.distillstream.benchmarks.tap.TapBenchmark;
import io.distillstream.benchmarks.teachers.TeachersBenchmark;
import io.distillstream.benchmarks.tokens.TokenTablesBenchmark;
import io.distillstream.local.Distillstream;
import io.distillstream.local.terminal.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./distillstream bench}. */
@Command(
    name = "distillstream bench",
    mixinStandardHelpOptions = true,
    description = {
      "Benchmarks with their peers, in turns within one run. Quote the ratios: single times depend",
      "on what else the machine does."
    },
    subcommands = {
      TeacherBenchmark.class,
      TeachersBenchmark.class,
      DataFreeBenchmark.class,
      OverloadBenchmark.class,
      CapacityBenchmark.class,
      GatewayBenchmark.class,
      LagBenchmark.class,
      JoinerBenchmark.class,
      TapBenchmark.class,
      SamplingBenchmark.class,
      TokenTablesBenchmark.class,
      TrainerBenchmark.class,
      CheckpointBenchmark.class,
      ResumeBenchmark.class,
      FamiliesBenchmark.class,
      NextTokenBenchmark.class,
      StreamBenchmark.class,
      DriftBenchmark.class,
      LossBenchmark.class,
      AdversarialBenchmark.class,
      PruningBenchmark.class,
      QuantizeBenchmark.class,
      DeltaBenchmark.class,
      PyTorchBenchmark.class,
      PassBenchmark.class,
      SoakBenchmark.class
    })
public final class Benchmarks implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  private Benchmarks() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which benchmark?");
  }

  /** Ends the process with the benchmark's exit code. */
  public static void main(String[] arguments) {
    LogFile.takePlatformLogs();
    System.exit(Distillstream.commandLine(new Benchmarks()).execute(arguments));
  }
}
