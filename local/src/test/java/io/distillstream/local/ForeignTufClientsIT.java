package io.distillstream.local;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TUF clients that others wrote take an update from the gateway of a running pipeline. {@code
 * .ci/run} sets them up; a test whose client is missing is skipped.
 */
class ForeignTufClientsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String CHANNEL = "student/stable";

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LocalPipeline pipeline;

  private static Path root = Path.of("");
  private static long installed;

  /** The pipeline's own device comes first, so that there is an update that a device has taken. */
  @BeforeAll
  static void publishAnUpdate() throws Exception {
    ServicePlan plan = ServicePlan.embedded(Settings.load(AllSettings.list(), settings()));
    pipeline = LocalPipeline.start(plan, line -> {});
    root = pipeline.trustedRoot().orElseThrow();
    ClusterSettings cluster = pipeline.cluster();
    GlossTraffic.send(cluster, 0, 400);
    try (DeviceClient device =
        HttpDevice.open(
            DeviceSettings.of("d1", "student", "stable", folder.resolve("device"))
                .withTrustedRoot(TrustedRoot.read(root)),
            Gateway.at(gateway(), null))) {
      device.start();
      assertThat(device.awaitVersion(1, PATIENCE)).as("a signed update").isTrue();
      assertThat(device.predict("a small dog")).map(DeviceAnswer::version).isPresent();
      installed = device.installedVersion().orElseThrow();
    }
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  void shouldBeTrustedByPythonTuf() throws Exception {
    String python = System.getenv().getOrDefault("TUF_CLIENT_PYTHON", "python3");
    requireClient("python-tuf", "TUF_CLIENT_PYTHON", python, "-c", "import tuf.ngclient");
    Path script = folder.resolve("tuf_client.py");
    try (InputStream source = getClass().getResourceAsStream("tuf_client.py")) {
      Files.copy(source, script);
    }
    assertTakesTheUpdate(python, script.toString());
  }

  @Test
  void shouldBeTrustedByGoTuf() throws Exception {
    String client = System.getenv().getOrDefault("TUF_CLIENT_GO", "");
    requireClient("go-tuf", "TUF_CLIENT_GO", "test", "-x", client);
    assertTakesTheUpdate(client);
  }

  /** It prints version, digest and size of the artifact that it verified. */
  private static void assertTakesTheUpdate(String... client) throws Exception {
    String name = Path.of(client[client.length - 1]).getFileName().toString();
    Result result =
        run(
            concat(
                client,
                gateway() + "/v1/tuf",
                root.toString(),
                folder.resolve("state-of-" + name).toString(),
                CHANNEL));
    assertThat(result.exitCode()).as(result.output()).isZero();
    String[] fields = result.output().strip().split(" ", -1);
    assertThat(Long.parseLong(fields[0])).isGreaterThanOrEqualTo(installed);
    assertThat(fields[1]).matches("[0-9a-f]{64}");
    assertThat(Long.parseLong(fields[2])).isGreaterThan(100_000);
  }

  private static String gateway() {
    return requireNonNull(pipeline.addresses().get("gateway"));
  }

  private static void requireClient(String name, String variable, String... probe)
      throws Exception {
    boolean there = run(probe).exitCode() == 0;
    if (!there) {
      System.err.println("SKIPPED: " + name + " is not here; .ci/run sets it up, " + variable);
    }
    assumeThat(there).as("%s, set up by .ci/run", name).isTrue();
  }

  private record Result(int exitCode, String output) {}

  private static Result run(String... command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output);
  }

  private static String[] concat(String[] first, String... second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("data.folder", folder.resolve("data").toString()),
        Map.entry("local.broker-port", "0"),
        Map.entry("local.registry-port", "0"),
        Map.entry("teacher.http.port", "0"),
        Map.entry("monitor.port", "0"),
        Map.entry("gateway.port", "0"),
        Map.entry("trainer.width", "32"),
        Map.entry("trainer.blocks", "1"),
        Map.entry("trainer.embedding-start", "random"),
        Map.entry("trainer.checkpoint-records", "100"),
        Map.entry("trainer.checkpoint-interval", "1s"),
        Map.entry("quantizer.min-agreement", "0.5"),
        Map.entry("quantizer.max-size-ratio", "1.0"),
        Map.entry("quantizer.max-latency-ratio", "1000"),
        Map.entry("quantizer.min-evaluation-samples", "10"),
        Map.entry("quantizer.incumbent.enabled", "false"));
  }
}
