package io.distillstream.local;

import io.distillstream.runtime.Settings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs some of the services against an existing cluster. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run services against an existing Kafka cluster and schema registry, until Ctrl-C.",
      "To scale a stage, start more of it with another instance.name."
    })
final class ServicesCommand implements Callable<Integer> {

  private static final Duration HEALTH_CHECK = Duration.ofSeconds(1);

  @Parameters(
      arity = "1..*",
      paramLabel = "SERVICE",
      description = "teacher, joiner, trainer, quantizer, monitor")
  private List<String> names = new ArrayList<>();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ServicesCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<Stage> stages = names.stream().map(ServicesCommand::stage).toList();
    Settings settings = options.load();
    ClusterSettings cluster = ClusterSettings.from(settings);
    ClusterSettings.requireReachable(cluster.connection());
    Shutdown shutdown = Shutdown.onSignal();
    try (RunningStages running =
        RunningStages.start(stages, settings, cluster, line -> print(out, line))) {
      print(out, "running " + String.join(", ", names) + " for pipeline " + cluster.pipeline());
      while (!shutdown.await(HEALTH_CHECK)) {
        running.requireHealthy();
      }
      print(out, "stopping");
    } finally {
      shutdown.done();
    }
    return 0;
  }

  private static Stage stage(String name) {
    for (Stage stage : Stage.values()) {
      if (stage.name().toLowerCase(Locale.ROOT).equals(name)) {
        return stage;
      }
    }
    throw new CommandFailedException(
        "No service '" + name + "'; accepted are teacher, joiner, trainer, quantizer, monitor");
  }

  private static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
