package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * How the script {@code distillstream} allows heap, told by a Java that only prints its arguments.
 */
class LauncherHeapTest {
  @TempDir private Path home;

  private String launched(String memoryAnswer, String... arguments) throws Exception {
    InstalledLauncher launcher = new InstalledLauncher(home);
    launcher.setJava(
        "#!/bin/sh\ncase \"$*\" in *' memory --java-option '*) %s ;; *) echo \"$*\" ;; esac\n"
            .formatted(memoryAnswer));
    List<String> command = new ArrayList<>(List.of(launcher.script().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().remove("DISTILLSTREAM_JAVA_OPTS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void shouldGiveTheHeapThatTheStudentNeeds() throws Exception {
    assertThat(launched("echo -Xmx3100m", "local", "-s", "trainer.size=large"))
        .contains(" -Xmx3100m ")
        .doesNotContain("-Xmx2g")
        .endsWith("Distillstream local -s trainer.size=large\n");
  }

  @Test
  void shouldLeaveItToTheCommandToSayWhatIsWrong() throws Exception {
    assertThat(launched("echo no such setting; exit 2", "run", "trainer", "-s", "x=y"))
        .contains(" -Xmx2g ")
        .endsWith("Distillstream run trainer -s x=y\n");
  }

  @Test
  void shouldAskForNoStudentWhereNoneIsTrained() throws Exception {
    assertThat(launched("echo -Xmx3100m", "status")).contains(" -Xmx2g ");
  }

  @Test
  void shouldBeToldMoreForALargeStudentThanForASmallOne() {
    assertThat(mebibytes("-s", "trainer.size=large", "--demo", "--records", "9"))
        .isGreaterThan(2_048);
    assertThat(mebibytes("--demo")).isEqualTo(2_048);
  }

  private static int mebibytes(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("memory", "--java-option", "--available", "16", "local"));
    all.addAll(List.of(arguments));
    StringWriter out = new StringWriter();
    CommandLine command = Distillstream.commandLine().setOut(new PrintWriter(out, true));

    assertThat(command.execute(all.toArray(String[]::new))).isZero();
    assertThat(out.toString()).matches("-Xmx\\d+m\\R");
    return Integer.parseInt(out.toString().replaceAll("\\D", ""));
  }
}
