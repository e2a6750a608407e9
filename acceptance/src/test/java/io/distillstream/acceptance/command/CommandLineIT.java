package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.acceptance.SmallDisk;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.embedded.broker.EmbeddedBroker;
import io.distillstream.local.Distillstream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a user sees who mistypes, or whose machine is not as expected: one clear line each. */
class CommandLineIT {

  private record Outcome(int exitCode, String err) {}

  @Test
  void shouldReportAllWrongSettingsAtOnce() {
    Outcome outcome =
        run("run", "teacher", "--set", "teacher.batch-szie=8", "--set", "trainer.alpha=2");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .containsExactlyInAnyOrder(
            "error: unknown setting 'teacher.batch-szie' in the command line; did you mean"
                + " teacher.batch-size?",
            "error: trainer.alpha = '2' in the command line: expected a number from 0.0 to 1.0");
  }

  @Test
  void shouldNameBrokersThatCannotBeReached() {
    Outcome outcome = run("run", "joiner", "--set", "cluster.bootstrap-servers=127.0.0.1:9");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).startsWith("error: Kafka at 127.0.0.1:9 cannot be reached");
  }

  @Test
  void shouldNameTheServiceThatDoesNotExist() {
    Outcome outcome = run("run", "trianer");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().strip())
        .isEqualTo(
            "error: No service 'trianer'; accepted are teacher, joiner, trainer, quantizer, signer,"
                + " monitor, gateway, tap");
  }

  @Test
  void shouldFollowEitherAGatewayOrKafka() {
    Outcome both =
        run("device", "--gateway", "http://127.0.0.1:9", "--set", "cluster.bootstrap-servers=x:1");
    assertThat(both.exitCode()).isEqualTo(1);
    assertThat(both.err().strip())
        .isEqualTo(
            "error: --gateway and --set cluster.bootstrap-servers both say where updates come from;"
                + " give one of them");
    assertThat(run("device", "--token-file", "token").err().strip())
        .isEqualTo("error: --token-file is of use with --gateway alone");
    assertThat(run("device", "--gateway", "127.0.0.1:9").err())
        .startsWith("error: --gateway: '127.0.0.1:9' is no gateway's address");
  }

  @Test
  void shouldRefuseANegativeCrashLimit() {
    assertThat(run("device", "--crash-limit", "-1").err().strip())
        .isEqualTo("error: --crash-limit must not be negative, is -1");
  }

  @Test
  void shouldSayThatAGatewayCannotBeReached(@TempDir Path folder) {
    Outcome outcome =
        run(
            "device",
            "--gateway",
            "http://127.0.0.1:9",
            "--wait",
            "1",
            "--folder",
            folder.resolve("device").toString(),
            "--set",
            "data.folder=" + folder.resolve("data"));
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("warning: http://127.0.0.1:9: Connection refused")
        .contains("error: No update of student/stable within 1 s on http://127.0.0.1:9");
  }

  @Test
  void shouldNameThePortThatIsTaken(@TempDir Path folder) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Outcome outcome =
          run(
              "local",
              "--data-dir",
              folder.resolve("data").toString(),
              "--set",
              "local.broker-port=" + taken.getLocalPort(),
              "--set",
              "local.registry-port=0");
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err().lines()).hasSize(1);
      assertThat(outcome.err()).contains(Integer.toString(taken.getLocalPort()));
    }
  }

  @Test
  void shouldNotStartWithoutRoomForTheBroker(@TempDir Path folder) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("data"), 1 << 20)) {
      disk.fill();
      Outcome outcome =
          run("local", "--data-dir", disk.folder().toString(), "--set", "local.broker-port=0");
      assertThat(outcome.exitCode()).isEqualTo(3);
      assertThat(outcome.err().lines()).hasSize(1);
      assertThat(outcome.err())
          .startsWith("error: There is no room for the broker: " + disk.folder() + " has 0 bytes")
          .contains("131,072 are wanted", "Make room");
    }
  }

  @Test
  void shouldNameWhatIsInTheWayOfTheDataFolder(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Outcome outcome = run("local", "--data-dir", file.resolve("data").toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().strip())
        .isEqualTo("error: data.folder = '" + file + "/data': " + file + " is not a folder");
  }

  @Test
  void shouldNameAReadOnlyFileSystem(@TempDir Path folder) throws Exception {
    Path mounted = folder.resolve("mounted");
    try (SmallDisk disk = SmallDisk.mountReadOnly(mounted)) {
      Path data = disk.folder().resolve("data");
      Outcome outcome = run("local", "--data-dir", data.toString());
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err().strip())
          .isEqualTo(
              "error: data.folder = '%s': %s may not be written to, or lies on a read-only file system"
                  .formatted(data, mounted));
    }
  }

  @Test
  void shouldRefuseContradictionsBeforeAnythingIsStarted(@TempDir Path folder) {
    Path data = folder.resolve("data");
    Outcome outcome =
        run(
            "local",
            "--demo",
            "--data-dir",
            data.toString(),
            "--set",
            "trainer.model=x",
            "--set",
            "teacher.encoder.head=" + folder.resolve("none.safetensors"));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).startsWith("error: "));
    assertThat(outcome.err()).contains("quantizer.model", "monitor.model", "teacher.encoder.head");
    assertThat(data).doesNotExist();
  }

  @Test
  void shouldNameTheDataFolderThatIsInUse(@TempDir Path folder) {
    Path kafka = folder.resolve("data").resolve("kafka");
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(kafka, 0))) {
      assertThat(broker.port()).isPositive();
      Outcome outcome =
          run(
              "local",
              "--data-dir",
              folder.resolve("data").toString(),
              "--set",
              "local.broker-port=0",
              "--set",
              "local.registry-port=0");
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err().lines()).hasSize(1);
      assertThat(outcome.err()).contains(folder.resolve("data").toString());
    }
  }

  @Test
  void shouldNameFileAndLineOfBadTraffic(@TempDir Path folder) throws Exception {
    Path traffic = Files.writeString(folder.resolve("traffic.jsonl"), "{\"txt\": \"a\"}\n");
    Outcome outcome = run("feed", traffic.toString(), "--url", "http://127.0.0.1:9");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().strip())
        .isEqualTo("error: " + traffic + ", line 1: 'text' is missing or blank");
    Outcome missing = run("feed", folder.resolve("none.csv").toString());
    assertThat(missing.err()).contains("none.csv does not exist");
  }

  @Test
  void shouldSayThatNoPipelineAnswers(@TempDir Path folder) throws Exception {
    Outcome status = run("status", "--url", "http://127.0.0.1:9");
    assertThat(status.exitCode()).isEqualTo(1);
    assertThat(status.err()).startsWith("error: No monitor answers at http://127.0.0.1:9");
    Path traffic = Files.writeString(folder.resolve("traffic.jsonl"), "{\"text\": \"a\"}\n");
    Outcome feed =
        run("feed", traffic.toString(), "--url", "http://127.0.0.1:9", "--patience", "0");
    assertThat(feed.exitCode()).isEqualTo(1);
    assertThat(feed.err().strip()).startsWith("error: Cannot reach http://127.0.0.1:9");
  }

  @Test
  void shouldSayWhyThereIsNothingToEvaluate(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("test.csv"), "text,label\na,b\n");
    Outcome teacher = run("evaluate", file.toString(), "--teacher-url", "http://127.0.0.1:9");
    assertThat(teacher.exitCode()).isEqualTo(1);
    assertThat(teacher.err().strip())
        .startsWith("error: No teacher answers at http://127.0.0.1:9/v1/model")
        .doesNotContain("\n");
    Outcome missing = run("evaluate", folder.resolve("none.csv").toString());
    assertThat(missing.err().strip()).endsWith("none.csv: there is no such file");
    Outcome mistyped = run("evaluate", file.toString(), "--only", "techer");
    assertThat(mistyped.exitCode()).isEqualTo(2);
    assertThat(mistyped.err()).contains("expected one of [TEACHER, STUDENT, ARTIFACT]");
  }

  @Test
  void shouldSayWhyARootIsNotTrusted(@TempDir Path folder) throws Exception {
    Path root = Files.writeString(folder.resolve("root.json"), "{}");
    String data = "data.folder=" + folder.resolve("data");
    Outcome outcome = run("device", "--root", root.toString(), "--set", data);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).startsWith("error: The device's root cannot be trusted: root: ");
    Outcome missing = run("device", "--root", folder.resolve("none").toString(), "--set", data);
    assertThat(missing.err()).startsWith("error: The root " + folder.resolve("none") + " cannot");
    assertThat(missing.err().lines()).hasSize(1);
  }

  private static Outcome run(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Distillstream.commandLine();
    commandLine.setErr(new PrintWriter(err, true));
    commandLine.setOut(new PrintWriter(new StringWriter(), true));
    int exitCode = commandLine.execute(arguments);
    return new Outcome(exitCode, err.toString());
  }
}
