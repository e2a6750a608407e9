package io.distillstream.local;

import io.distillstream.local.demo.DemoPlan;
import io.distillstream.local.demo.DemoRun;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.PhoneCode;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.StageBoard;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.runtime.ServedPage;
import io.distillstream.runtime.Setting;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The embedded default. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description = {
      "Run everything in this process: broker, registry, teacher, trainer, quantizer, monitor,",
      "gateway.",
      "Data is kept in one folder and survives Ctrl-C and restart. What libraries log goes to",
      "logs/local.log in that folder."
    })
final class LocalCommand implements Callable<Integer> {

  private static final Duration REDRAW = Duration.ofSeconds(1);

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description = "Where everything is kept (default: ./data).")
  private @Nullable Path dataFolder;

  @Option(
      names = "--demo",
      description = "Feed WordNet glosses as live traffic, with a device; end with a summary.")
  private boolean demo;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "Requests that the demo sends (default: ${DEFAULT-VALUE}).")
  private int records = 20_000;

  @Option(
      names = "--rate",
      paramLabel = "PER_SECOND",
      description = "Requests per second that the demo tries to keep (default: ${DEFAULT-VALUE}).")
  private double rate = 100;

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "Also write the demo's summary as JSON.")
  private @Nullable Path summary;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  LocalCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Map<Setting<?>, String> shorthands = new HashMap<>();
    SettingsOptions.shorthand(shorthands, ClusterSettings.DATA_FOLDER, dataFolder);
    ServicePlan plan = ServicePlan.embedded(options.load(shorthands));
    Optional<DemoPlan> traffic =
        demo ? Optional.of(DemoPlan.of(plan.settings(), records, rate)) : Optional.empty();
    Instant begun = Instant.now();
    Shutdown shutdown = Shutdown.onSignal();
    try (LogFile log = LogFile.open(plan.cluster().dataFolder(), "local");
        LocalPipeline pipeline = LocalPipeline.start(plan, line -> Terminal.print(out, line))) {
      addresses(pipeline, log).forEach(line -> Terminal.print(out, line));
      try (StageBoard board = new StageBoard(out, Terminal.isInteractive(), pipeline::report)) {
        if (traffic.isPresent()) {
          new DemoRun(pipeline, traffic.get(), begun).run(board, shutdown, summary);
        } else {
          watch(pipeline, board, shutdown);
        }
      }
      Terminal.print(out, "stopping");
    } finally {
      shutdown.done();
    }
    return shutdown.exitCode();
  }

  private static void watch(LocalPipeline pipeline, StageBoard board, Shutdown shutdown)
      throws InterruptedException {
    while (!shutdown.await(REDRAW)) {
      pipeline.requireAlive();
      board.draw(Instant.now(), List.of());
    }
  }

  private static List<String> addresses(LocalPipeline pipeline, LogFile log) {
    ClusterSettings cluster = pipeline.cluster();
    List<String> lines = new ArrayList<>(List.of(""));
    ServedPage page = pipeline.devicePage();
    pipeline
        .addresses()
        .forEach(
            (name, address) -> {
              lines.add(fact(name, address));
              if (name.equals(LocalPipeline.DEVICE)) {
                page.others().forEach(other -> lines.add(fact("", other.toString())));
              }
            });
    lines.add(
        fact(
            "pipeline", cluster.pipeline() + ", data in " + cluster.dataFolder().toAbsolutePath()));
    pipeline.trustedRoot().ifPresent(root -> lines.add(fact("root", root + ", for device --root")));
    lines.add(fact("log", log.path().toString()));
    lines.add("");
    List<String> phone = PhoneCode.lines(page, Terminal.showsBlocks());
    if (!phone.isEmpty()) {
      lines.addAll(phone);
      lines.add("");
    }
    return lines;
  }

  private static String fact(String name, String value) {
    return "  %-10s %s".formatted(name, value);
  }
}
