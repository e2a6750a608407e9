package io.distillstream.local;

import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.ProbeTolerance;
import io.distillstream.device.Rejection;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.kafka.KafkaDevice;
import io.distillstream.device.mqtt.MqttDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.settings.TracingSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.tracing.ExportListener;
import io.distillstream.runtime.tracing.ExportPlan;
import io.distillstream.runtime.tracing.Tracing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A device on the terminal: follows updates and answers lines. */
@Command(
    name = "device",
    mixinStandardHelpOptions = true,
    description = {
      "Follow a model's updates: verify, load and swap each artifact; answer the lines typed on",
      "standard input with label, probability and version."
    })
final class DeviceCommand implements Callable<Integer> {

  @Option(names = "--id", description = "The device's id (default: ${DEFAULT-VALUE}).")
  private String id = "terminal";

  @Option(names = "--model", description = "The model to run (default: ${DEFAULT-VALUE}).")
  private String model = "student";

  @Option(names = "--channel", description = "Its channel (default: ${DEFAULT-VALUE}).")
  private String channel = "stable";

  @Option(
      names = "--folder",
      description = "Where the installed model is kept (default: <data.folder>/devices/<id>).")
  private @Nullable Path folder;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait for a first model (default: ${DEFAULT-VALUE}).")
  private int waitSeconds = 60;

  @Option(
      names = "--tolerance",
      description =
          "Largest logit difference to the quantizer's probes; 0 demands identity, other processors"
              + " may need 0.25 (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(
      names = "--not-above",
      paramLabel = "VERSION",
      description =
          "Refuse updates above this version and forget an installed one above it: the step back"
              + " from an update that the pipeline did not make.")
  private long notAbove = Long.MAX_VALUE;

  @Option(
      names = "--crash-limit",
      paramLabel = "TIMES",
      description =
          "So often in a row the process may end, other than by Ctrl-C or SIGTERM, while a model is"
              + " loaded or soon after, before the model is refused and the one before it takes its"
              + " place; 0 for any number (default: ${DEFAULT-VALUE}).")
  private int crashLimit = DeviceSettings.CRASH_LIMIT;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      description =
          "A root of the pipeline's repository (keys init): take only updates that are signed as it"
              + " says. Without it whoever can write the topic is believed.")
  private @Nullable Path root;

  @Option(
      names = "--no-clock",
      description =
          "With --root: this machine's clock says nothing; go by the latest time that an update"
              + " gave proof of.")
  private boolean noClock;

  @Mixin private GatewayOptions gatewayOptions = new GatewayOptions();

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  DeviceCommand() {}

  @Override
  public Integer call() throws Exception {
    Optional<MqttOptions.Endpoint> mqtt = gatewayOptions.mqtt(id);
    Optional<Gateway> gateway = gatewayOptions.gateway(settings);
    Settings loaded = settings.load();
    ClusterSettings cluster = ClusterSettings.from(loaded);
    // No gateway tells what an update's trace is.
    Optional<ExportPlan> tracing =
        gateway.isPresent() ? Optional.empty() : TracingSettings.from(loaded);
    PrintWriter err = spec.commandLine().getErr();
    Path place = folder == null ? cluster.dataFolder().resolve("devices").resolve(id) : folder;
    if (notAbove < 1) {
      throw new CommandFailedException("--not-above must be at least 1, is " + notAbove);
    }
    if (crashLimit < 0) {
      throw new CommandFailedException("--crash-limit must not be negative, is " + crashLimit);
    }
    DeviceSettings device =
        DeviceSettings.of(id, model, channel, place)
            .withHighestVersion(notAbove)
            .withCrashLimit(crashLimit);
    if (tolerance > 0) {
      device = device.withProbeTolerance(ProbeTolerance.within(tolerance));
    }
    if (root != null) {
      device = device.withTrustedRoot(trustedRoot(root));
    }
    DeviceSettings followed = device;
    LogFile.during(
        () -> {
          try (Tracing traces = Tracing.start(tracing, cluster.pipeline().name(), id)) {
            follow(followed, gateway, mqtt, cluster, traces);
          }
        },
        cluster.dataFolder(),
        "device-" + id,
        err::println);
    return 0;
  }

  private TrustedRoot trustedRoot(Path file) {
    try {
      TrustedRoot trusted = TrustedRoot.read(file);
      return noClock ? trusted.withoutClock() : trusted;
    } catch (IOException e) {
      throw new CommandFailedException("The root " + file + " cannot be read: " + e, e);
    }
  }

  private void follow(
      DeviceSettings device,
      Optional<Gateway> gateway,
      Optional<MqttOptions.Endpoint> mqtt,
      ClusterSettings cluster,
      Tracing traces)
      throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    try (DeviceClient client = open(device, gateway, mqtt, cluster, traces)) {
      client.listen(new Announcer(err));
      client
          .installedVersion()
          .ifPresent(version -> err.println("version " + version + " was installed before"));
      client.start();
      gateway.ifPresent(this::check);
      if (client.installedVersion().isEmpty()
          && !client.awaitVersion(1, Duration.ofSeconds(waitSeconds))) {
        throw new CommandFailedException(
            "No update of "
                + model
                + "/"
                + channel
                + " within "
                + waitSeconds
                + " s on "
                + gateway.map(Gateway::toString).orElse(cluster.connection().bootstrapServers()));
      }
      answerLines(client, spec.commandLine().getOut());
    }
  }

  private static DeviceClient open(
      DeviceSettings device,
      Optional<Gateway> gateway,
      Optional<MqttOptions.Endpoint> mqtt,
      ClusterSettings cluster,
      Tracing traces)
      throws IOException {
    try {
      if (gateway.isPresent() && mqtt.isPresent()) {
        return MqttDevice.open(device, gateway.get(), mqtt.get().broker(), mqtt.get().topics());
      }
      return gateway.isPresent()
          ? HttpDevice.open(device, gateway.get())
          : KafkaDevice.open(
              device,
              cluster.connection(),
              cluster.pipeline(),
              traces.stage("device", Tracing.Roots.ALL, ExportListener.NONE));
    } catch (IllegalArgumentException e) {
      // The root, or a name that no role can have.
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The device answers from what it has installed all the same, and goes on trying. */
  private void check(Gateway gateway) {
    try {
      gateway.check();
    } catch (IOException e) {
      spec.commandLine().getErr().println("warning: " + gateway + ": " + e.getMessage());
    }
  }

  private static void answerLines(DeviceClient client, PrintWriter out) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank()) {
        continue;
      }
      Optional<DeviceAnswer> answer = client.predict(line);
      if (answer.isPresent()) {
        DeviceAnswer p = answer.get();
        out.printf(Locale.ROOT, "%s\t%.4f\tv%d%n", p.label(), p.probability(), p.version());
        out.flush();
      }
    }
  }

  /** Says on standard error what became of each update, so that answers can be piped. */
  private record Announcer(PrintWriter err) implements DeviceListener {

    @Override
    public void installed(Installation installation) {
      err.println("version " + installation.version() + " installed");
      err.flush();
    }

    @Override
    public void rejected(Rejection rejection) {
      err.println("version " + rejection.version() + " refused: " + rejection.reason());
      err.flush();
    }

    @Override
    public void stoppedFollowing(Throwable cause) {
      err.println("no longer follows updates, start it again: " + cause);
      err.flush();
    }
  }
}
