package io.distillstream.local;

import io.distillstream.monitor.MonitorSettings;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.traffic.TeacherSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
      "Run everything in this process: broker, registry, teacher, trainer, quantizer, monitor.",
      "Data is kept in one folder and survives Ctrl-C and restart."
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
    Settings settings = options.load(shorthands);
    Instant begun = Instant.now();
    Shutdown shutdown = Shutdown.onSignal();
    try (LocalPipeline pipeline = LocalPipeline.start(settings, line -> print(out, line))) {
      addresses(pipeline, settings).forEach(line -> print(out, line));
      StageBoard board =
          new StageBoard(out, CommandLine.Help.Ansi.AUTO.enabled(), pipeline::report);
      if (demo) {
        DemoRun run = new DemoRun(pipeline, settings, records, rate, begun);
        run.run(board, shutdown, out, summary);
      } else {
        watch(pipeline, board, shutdown);
      }
      print(out, "stopping");
    } finally {
      shutdown.done();
    }
    return 0;
  }

  private static void watch(LocalPipeline pipeline, StageBoard board, Shutdown shutdown)
      throws InterruptedException {
    while (!shutdown.await(REDRAW)) {
      pipeline.requireHealthy();
      board.draw(Instant.now(), List.of());
    }
  }

  private static List<String> addresses(LocalPipeline pipeline, Settings settings) {
    ClusterSettings cluster = pipeline.cluster();
    return List.of(
        "",
        "  page       http://127.0.0.1:" + MonitorSettings.from(settings).port(),
        "  teacher    http://127.0.0.1:"
            + TeacherSettings.from(settings).httpPort()
            + "/v1/predict",
        "  broker     " + cluster.connection().bootstrapServers(),
        "  registry   " + cluster.connection().registryUrl(),
        "  pipeline   " + cluster.pipeline() + ", data in " + cluster.dataFolder().toAbsolutePath(),
        "");
  }

  private static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
