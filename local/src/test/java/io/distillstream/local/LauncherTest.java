package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher itself, with a Java that tells what it was started with. */
class LauncherTest {

  @TempDir private Path home;

  @BeforeEach
  void install() throws IOException {
    Files.copy(Path.of("..", "distillstream"), home.resolve("distillstream"));
    Path launcher = Path.of("src", "main", "launcher");
    Path copied = Files.createDirectories(home.resolve("local").resolve(launcher));
    Files.copy(launcher.resolve("launch.sh"), copied.resolve("launch.sh"));
    Files.createDirectories(home.resolve("local").resolve("target"));
    Files.createFile(home.resolve("local").resolve("target").resolve(".built"));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        case "$*" in
          *" memory "*) echo -Xmx300m ;;
          *) umask; echo "$@" ;;
        esac
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void shouldKeepFilesOfTheDataFolderToTheUserAlone() throws Exception {
    for (String command : new String[] {"local", "run", "device"}) {
      assertThat(launched(command)).as(command).startsWith("0077\n");
    }
  }

  @Test
  void shouldLeaveFilesThatAreAskedForAsTheUserLikesThem() throws Exception {
    assertThat(launched("quantize")).startsWith("0022\n");
    assertThat(launched()).startsWith("0022\n");
  }

  @Test
  void shouldLeaveRoomInASmallHeapForWhatStays() throws Exception {
    assertThat(launched("run", "signer")).contains(" -Xmx300m ", "-XX:MaxNewSize=100m ");
    assertThat(launched("quantize")).contains(" -Xmx2g ", "-XX:MaxNewSize=384m ");
  }

  @Test
  void shouldRunChaosAndBenchmarksByTheirOwnPrograms() throws Exception {
    assertThat(launched("chaos", "--minutes", "1")).contains(".chaos.Chaos --minutes 1");
    assertThat(launched("bench", "lag")).contains(".benchmarks.Benchmarks lag");
    assertThat(launched("status")).contains(".local.Distillstream status");
  }

  private String launched(String... arguments) throws IOException, InterruptedException {
    String line = "umask 022 && exec bash distillstream " + String.join(" ", arguments);
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", line).directory(home.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().remove("DISTILLSTREAM_JAVA_OPTS");
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
