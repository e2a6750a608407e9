package io.distillstream.benchmarks.gateway;

import io.distillstream.benchmarks.measure.MemorySample;
import io.distillstream.benchmarks.measure.Quantiles;
import io.distillstream.benchmarks.service.BenchmarkCluster;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.gateway.GatewayService;
import io.distillstream.gateway.GatewaySettings;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.signer.SignerService;
import io.distillstream.signer.SignerSettings;
import io.distillstream.tuf.repository.TrustFolder;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long a version takes from its commit to devices that listen, and what these cost. Broker,
 * gateway and devices share one process, and so its memory and processors.
 */
@Command(
    name = "gateway",
    mixinStandardHelpOptions = true,
    description = {
      "Many devices that listen to a gateway: memory and threads that they take, and the time from",
      "a version's commit to the event at each, and to the first answer of one that verifies it,",
      "installs it and answers all the while."
    })
public final class GatewayBenchmark implements Callable<Integer> {

  private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final String PATH =
      "/v1/models/%s/%s/"
          .formatted(PublishedVersions.CHANNEL.model(), PublishedVersions.CHANNEL.channel());
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Option(names = "--devices", description = "That listen (default: ${DEFAULT-VALUE}).")
  private int devices = 2_000;

  @Option(names = "--versions", description = "To publish (default: ${DEFAULT-VALUE}).")
  private int versions = 30;

  @Option(
      names = "--answers",
      description = "A second, of one device that installs (default: ${DEFAULT-VALUE}).")
  private int answers = 200;

  @Option(
      names = "--idle-seconds",
      description =
          "How long devices only listen before memory is measured again (default:"
              + " ${DEFAULT-VALUE}).")
  private int idleSeconds = 60;

  @Option(
      names = "--mqtt",
      paramLabel = "URL",
      description = "MQTT broker by which the device that installs hears of versions.")
  private String mqtt = "";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  GatewayBenchmark() {}

  @Override
  public Integer call() throws Exception {
    GatewaySettings settings =
        GatewaySettings.from(
            Settings.load(
                GatewaySettings.all(), Map.of("gateway.port", "0", "gateway.mqtt.url", mqtt)));
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ServiceContext context = cluster.context("gateway")) {
      Path folder = context.folder("bench");
      TrustFolder trust = new TrustFolder(folder.resolve("trust"));
      try (PublishedVersions published =
              new PublishedVersions(context, LabelledCorpus.bundledTokenizer(), trust);
          SignerService signer =
              new SignerService(new SignerSettings(folder.resolve("trust").toString()), context);
          GatewayService gateway = new GatewayService(settings, context)) {
        signer.start();
        gateway.start();
        URI address = gateway.address().orElseThrow();
        published.publish(published.make(1));
        awaitFirst(address);
        measure(published, address, trust.trustedRoot(), folder.resolve("device"));
      }
    }
    return 0;
  }

  private void measure(PublishedVersions published, URI address, Path root, Path folder)
      throws Exception {
    // One device beforehand, so that everything is loaded.
    try (ListeningDevices one = new ListeningDevices(address, PATH + "events", 1)) {
      one.await(1);
    }
    sample("before", 0);
    try (ListeningDevices many = new ListeningDevices(address, PATH + "events", devices);
        AnsweringDevice device = new AnsweringDevice(address, broker(), root, folder)) {
      many.await(devices);
      device.awaitInstalled(1, PATIENCE);
      sample("listening", devices);
      device.ask(answers);
      publish(published, many, device);
      device.askNoLonger();
      print(
          "%d answers a second meanwhile: asked %,d, answered %,d",
          answers, device.asked(), device.answered());
      sample("after the versions", devices);
      TimeUnit.SECONDS.sleep(idleSeconds);
      sample("after " + idleSeconds + " s without", devices);
    }
  }

  private Optional<MqttBroker> broker() {
    return mqtt.isEmpty() ? Optional.empty() : Optional.of(MqttBroker.at(mqtt));
  }

  /** Waits until the first version is there. */
  private static void awaitFirst(URI address) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest manifest = HttpRequest.newBuilder(address.resolve(PATH + "manifest.json")).build();
    while (http.send(manifest, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void publish(PublishedVersions published, ListeningDevices many, AnsweringDevice device)
      throws Exception {
    List<Double> events = new ArrayList<>();
    List<Double> installs = new ArrayList<>();
    int bytes = 0;
    for (int number = 2; number < versions + 2; number++) {
      PublishedVersions.Version version = published.make(number);
      bytes = version.artifact().length;
      published.publish(version);
      long committed = System.nanoTime();
      installs.add(since(committed, device.awaitInstalled(number, PATIENCE)));
      for (long arrival : many.await(devices)) {
        events.add(since(committed, arrival));
      }
    }
    print("%d versions of %,d bytes, from commit to", versions, bytes);
    report("event, at %d devices".formatted(devices), events);
    report("answer, at the one that verifies and installs", installs);
  }

  /** Milliseconds. */
  private static double since(long committed, long then) {
    return Math.max(0, then - committed) / NANOS_PER_MILLI;
  }

  private void report(String what, List<Double> millis) {
    print(
        "  %s: p50 %.0f ms, p95 %.0f ms, worst %.0f ms",
        what, quantile(millis, 0.5), quantile(millis, 0.95), quantile(millis, 1));
  }

  private static double quantile(List<Double> values, double share) {
    return Quantiles.of(values.stream().mapToDouble(Double::doubleValue), share);
  }

  private void sample(String when, int listening) {
    print(
        "%s: %d devices, %d threads of the server, %s",
        when, listening, serverThreads(), MemorySample.take(0));
  }

  private static long serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("http-gateway"))
        .count();
  }

  private void print(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
