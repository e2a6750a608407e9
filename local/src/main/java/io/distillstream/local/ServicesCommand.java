package io.distillstream.local;

import io.distillstream.local.services.RunningServices;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.PhoneCode;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.runtime.ServedPage;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "To scale a stage, start more of it with another instance.name. What libraries log goes to a",
      "file in <data.folder>/logs."
    })
final class ServicesCommand implements Callable<Integer> {

  private static final Duration HEALTH_CHECK = Duration.ofSeconds(1);

  @Parameters(
      arity = "1..*",
      paramLabel = "SERVICE",
      description = "teacher, joiner, trainer, quantizer, signer, monitor, gateway, tap")
  private List<String> names = new ArrayList<>();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ServicesCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<ServiceKind> kinds = names.stream().map(ServicesCommand::kind).toList();
    ServicePlan plan = ServicePlan.of(kinds, options.load());
    ClusterSettings cluster = plan.cluster();
    ClusterSettings.requireReachable(cluster.connection());
    Shutdown shutdown = Shutdown.onSignal();
    try (@Nullable LogFile log = log(cluster);
        RunningServices running = RunningServices.start(plan, line -> Terminal.print(out, line))) {
      running
          .addresses()
          .forEach((name, address) -> Terminal.print(out, "%-9s %s".formatted(name, address)));
      running.page(ServiceKind.GATEWAY).ifPresent(page -> print(page, out));
      if (log != null) {
        Terminal.print(out, "log       " + log.path());
      }
      Terminal.print(
          out, "running " + String.join(", ", names) + " for pipeline " + cluster.pipeline());
      while (!shutdown.await(HEALTH_CHECK)) {
        running.requireAlive();
      }
      Terminal.print(out, "stopping");
    } finally {
      shutdown.done();
    }
    return shutdown.exitCode();
  }

  private static void print(ServedPage page, PrintWriter out) {
    Terminal.print(out, "device    " + page.address());
    page.others().forEach(other -> Terminal.print(out, "          " + other));
    PhoneCode.lines(page, Terminal.showsBlocks()).forEach(line -> Terminal.print(out, line));
  }

  /**
   * A service needs no folder to do its work, so it runs without a log file where it may not write.
   */
  private @Nullable LogFile log(ClusterSettings cluster) {
    try {
      return LogFile.open(cluster.dataFolder(), logName(cluster));
    } catch (CommandFailedException e) {
      spec.commandLine().getErr().println("warning: " + e.getMessage());
      return null;
    }
  }

  /** Processes that share a data folder have logs of their own. */
  private String logName(ClusterSettings cluster) {
    return "run-" + String.join("-", names) + "-" + cluster.instance();
  }

  private static ServiceKind kind(String name) {
    return ServiceKind.named(name)
        .orElseThrow(
            () ->
                new CommandFailedException(
                    "No service '"
                        + name
                        + "'; accepted are teacher, joiner, trainer, quantizer, signer,"
                        + " monitor, gateway, tap"));
  }
}
