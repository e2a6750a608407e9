package io.distillstream.chaos;

import io.distillstream.chaos.fault.Fault;
import io.distillstream.chaos.fault.Faults;
import io.distillstream.chaos.report.ChaosReport;
import io.distillstream.chaos.report.ReportJson;
import io.distillstream.local.Distillstream;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.runtime.Setting;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./distillstream chaos}. */
@Command(
    name = "distillstream chaos",
    mixinStandardHelpOptions = true,
    description = {
      "Run a pipeline, each stage in a process of its own, under traffic; kill and freeze"
          + " processes,",
      "cut and slow the network between them and the brokers, take the brokers away, write"
          + " nonsense",
      "to every topic; then audit that what was acknowledged was learned once, and the other"
          + " promises",
      "of docs/promises.md. Code 0 if all held, 1 if one did not. Takes about 5 GB of memory."
    })
public final class Chaos implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST_END = Duration.ofMinutes(2);

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long faults come, once the pipeline runs (default: ${DEFAULT-VALUE}).")
  private double minutes = 10;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the schedule and of what is written to topics (default: a random one).")
  private long seed = new Random().nextInt(1_000_000);

  @Option(
      names = "--faults",
      split = ",",
      paramLabel = "FAULT",
      description = {
        "Kinds of faults, separated by commas (default: all): kill, freeze, cut-network,",
        "slow-network, broker-outage, poison, lies, clock-jump, slow-clients, full-disk."
      })
  private List<String> faults = new ArrayList<>();

  @Option(
      names = "--outage",
      paramLabel = "TIME",
      description =
          "How long the brokers are away in a broker-outage, such as 10m (default:"
              + " ${DEFAULT-VALUE}).")
  private String outage = "30s";

  @Option(
      names = "--rate",
      paramLabel = "PER_SECOND",
      description = "Requests per second (default: ${DEFAULT-VALUE}).")
  private double rate = 20;

  @Option(names = "--report", paramLabel = "FILE", description = "Also write the report as JSON.")
  private @Nullable Path report;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  Chaos() {}

  /** Ends the process with the command's exit code. */
  public static void main(String[] arguments) {
    LogFile.takePlatformLogs();
    System.exit(Distillstream.commandLine(new Chaos()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    List<Fault> kinds = kinds();
    PrintWriter out = spec.commandLine().getOut();
    Shutdown shutdown = Shutdown.onSignal();
    // Not closed where its content is evidence.
    TemporaryFolder folder = TemporaryFolder.create();
    try {
      ChaosPlan plan =
          new ChaosPlan(
              Duration.ofMillis(Math.round(minutes * 60_000)), seed, kinds, rate, folder.path());
      Terminal.print(out, "seed %d, data in %s".formatted(seed, folder.path()));
      long begun = System.nanoTime();
      ChaosReport result =
          untilAsked(
              new ChaosRun(plan, line -> Terminal.print(out, stamped(begun, line))), shutdown);
      if (result == null) {
        folder.close();
        Terminal.print(out, "stopped");
        return shutdown.exitCode();
      }
      Terminal.print(out, "");
      result.text().forEach(line -> Terminal.print(out, line));
      if (report != null) {
        ReportJson.write(result, report);
      }
      if (result.kept()) {
        folder.close();
        return 0;
      }
      throw new CommandFailedException(
          "A promise was broken; data and logs are kept in " + folder.path());
    } finally {
      shutdown.done();
    }
  }

  private List<Fault> kinds() {
    if (!(minutes > 0) || !(rate > 0)) {
      throw new ParameterException(spec.commandLine(), "--minutes and --rate must be above 0");
    }
    Duration away = outage();
    try {
      return faults.isEmpty() ? Faults.all(away) : Faults.named(faults, away);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Duration outage() {
    try {
      return Setting.parseDuration(outage);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--outage is '" + outage + "', expected " + e.getMessage(), e);
    }
  }

  private static String stamped(long begun, String line) {
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    return "%02d:%02d  %s".formatted(seconds / 60, seconds % 60, line);
  }

  /** Runs until the end, or until Ctrl-C, after which all processes are ended; null then. */
  private static @Nullable ChaosReport untilAsked(ChaosRun run, Shutdown shutdown)
      throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    Future<ChaosReport> result = worker.submit(run::run);
    try {
      while (!result.isDone()) {
        if (shutdown.await(LOOK)) {
          return null;
        }
      }
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      worker.shutdownNow();
      // The processes are ended by then.
      worker.awaitTermination(LONGEST_END.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
