package io.distillstream.benchmarks.capacity;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import io.distillstream.chaos.process.StageSetup;
import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What one core does in each stage, and what a request takes on each topic. A pipeline with the
 * default student runs here, a process for each stage, at a low and a high rate in turns.
 */
@Command(
    name = "capacity",
    mixinStandardHelpOptions = true,
    description = {
      "Cores and bytes that each stage and topic take of a pipeline on this machine, and what",
      "follows for other rates. Each stage is a process of its own; the device answers twice a",
      "second. The machine must do nothing else, and keep up with the high rate."
    })
public final class CapacityBenchmark implements Callable<Integer> {
  private static final Pipeline PIPELINE = new Pipeline("capacity");
  private static final long LOOK_MILLIS = 500;
  private static final int START_SECONDS = 300;

  @Option(names = "--low", description = "Requests per second (default: ${DEFAULT-VALUE}).")
  private double low = 15;

  @Option(names = "--high", description = "Requests per second (default: ${DEFAULT-VALUE}).")
  private double high = 60;

  @Option(names = "--rounds", description = "Of a low and a high rate (default: ${DEFAULT-VALUE}).")
  private int rounds = 2;

  @Option(names = "--seconds", description = "At each rate (default: ${DEFAULT-VALUE}).")
  private int seconds = 60;

  @Option(
      names = "--warm-up",
      description =
          "Seconds at the high rate after the first version, before anything counts (default:"
              + " ${DEFAULT-VALUE}).")
  private int warmUp = 90;

  @Option(
      names = "--settle",
      description = "Seconds after each change of the rate (default: ${DEFAULT-VALUE}).")
  private int settle = 15;

  @Option(
      names = "--plan",
      split = ",",
      paramLabel = "PER_SECOND",
      description = "Rates to plan for (default: ${DEFAULT-VALUE}).")
  private List<Double> plan = List.of(10.0, 100.0, 1_000.0);

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "One setting of all stages. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  CapacityBenchmark() {}

  @Override
  public Integer call() throws Exception {
    if (!(low > 0) || !(high > low)) {
      throw new ParameterException(
          spec.commandLine(), "--low must be above 0, and --high above --low");
    }
    if (rounds < 1 || seconds < 1 || warmUp < 0 || settle < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--rounds and --seconds must be at least 1, --warm-up and --settle not negative");
    }
    try (TemporaryFolder folder = TemporaryFolder.create();
        StageProcesses processes =
            new StageProcesses(
                folder.path(), PIPELINE, StageSetup.defaults(settings), end -> print("%s", end))) {
      processes.startCluster();
      try (WireFormat wire = new WireFormat(processes.cluster().registryUrl());
          Admin admin = Admin.create(processes.cluster().adminProperties())) {
        TopicInstaller.install(admin, wire, PIPELINE);
        processes.start();
        measure(processes, admin);
      }
    }
    return 0;
  }

  private void measure(StageProcesses processes, Admin admin) throws Exception {
    awaitStages(processes);
    try (CommittedOutput output = new CommittedOutput(processes.cluster(), PIPELINE);
        SteadyTraffic traffic = new SteadyTraffic(processes.teacher(), high)) {
      awaitDevice(processes);
      print("the device has its first version; %d s more until anything counts", warmUp);
      TimeUnit.SECONDS.sleep(warmUp);
      List<Window> slow = new ArrayList<>();
      List<Window> fast = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        slow.add(window(processes, admin, traffic, low));
        fast.add(window(processes, admin, traffic, high));
      }
      new CapacityTables(slow, fast).lines(plan).forEach(line -> print("%s", line));
      print(
          "%d versions published, %d checkpoints since the start",
          output.published().size(), output.checkpoints().size());
    }
  }

  private Window window(StageProcesses processes, Admin admin, SteadyTraffic traffic, double rate)
      throws Exception {
    traffic.rate(rate);
    TimeUnit.SECONDS.sleep(settle);
    Reading begin = Reading.take(processes, admin, traffic.answered());
    TimeUnit.SECONDS.sleep(seconds);
    Window window = new Window(begin, Reading.take(processes, admin, traffic.answered()));
    print(
        "%.1f requests/s: %.2f cores in all",
        window.rate(), List.of(Stage.values()).stream().mapToDouble(window::cores).sum());
    return window;
  }

  private void awaitStages(StageProcesses processes) throws InterruptedException {
    print("starting the pipeline, a process for each stage");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!processes.of(Stage.TEACHER).isRunning() || !processes.of(Stage.TRAINER).isRunning()) {
      await(deadline, "the stages do not run");
    }
  }

  private void awaitDevice(StageProcesses processes) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (processes.device().newest() < 1) {
      await(deadline, "no device has a version");
    }
  }

  private static void await(long deadline, String without) throws InterruptedException {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException("After " + START_SECONDS + " s " + without);
    }
    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
  }

  private void print(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
