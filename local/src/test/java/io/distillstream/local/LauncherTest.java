package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher itself, with a Java that tells what it was started with. */
class LauncherTest {

  @TempDir private Path home;

  @BeforeEach
  void install() throws IOException {
    new InstalledLauncher(home)
        .setJava(
            """
            #!/bin/sh
            case "$*" in
              *" memory "*) echo -Xmx300m ;;
              *) umask; echo "$@" ;;
            esac
            """);
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
