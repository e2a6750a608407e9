package io.distillstream.acceptance.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.ForeignProgram;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.settings.ClusterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    pipeline = SmallPipeline.start(folder.resolve("data"));
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
    ForeignProgram.require("python-tuf", "TUF_CLIENT_PYTHON", python, "-c", "import tuf.ngclient");
    Path script = ForeignProgram.script(ForeignTufClientsIT.class, "tuf_client.py", folder);
    assertTakesTheUpdate(python, script.toString());
  }

  @Test
  void shouldBeTrustedByGoTuf() throws Exception {
    String client = System.getenv().getOrDefault("TUF_CLIENT_GO", "");
    ForeignProgram.require("go-tuf", "TUF_CLIENT_GO", "test", "-x", client);
    assertTakesTheUpdate(client);
  }

  /** It prints version, digest and size of the artifact that it verified. */
  private static void assertTakesTheUpdate(String... client) throws Exception {
    String name = Path.of(client[client.length - 1]).getFileName().toString();
    List<String> command = new ArrayList<>(List.of(client));
    command.addAll(
        List.of(
            gateway() + "/v1/tuf",
            root.toString(),
            folder.resolve("state-of-" + name).toString(),
            CHANNEL));
    ForeignProgram.Result result = ForeignProgram.run(command);
    assertThat(result.exitCode()).as(result.output()).isZero();
    String[] fields = result.output().strip().split(" ", -1);
    assertThat(Long.parseLong(fields[0])).isGreaterThanOrEqualTo(installed);
    assertThat(fields[1]).matches("[0-9a-f]{64}");
    assertThat(Long.parseLong(fields[2])).isGreaterThan(100_000);
  }

  private static String gateway() {
    return requireNonNull(pipeline.addresses().get("gateway"));
  }
}
