package io.distillstream.local.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.Distillstream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KeysCommandTest {

  private record Outcome(int exitCode, String out, String err) {}

  @TempDir private Path folder;

  @Test
  void shouldMakeKeysAndSayWhichToTakeOffline() throws Exception {
    Outcome made = keys("init", "--root-keys", "2", "--root-threshold", "2");

    assertThat(made.err()).isEmpty();
    assertThat(made.exitCode()).isZero();
    assertThat(made.out())
        .contains(
            "take offline     " + folder.resolve("root"),
            "give to devices  " + folder.resolve("metadata").resolve("root.json"));
    for (String key :
        List.of(
            "root/root-1.pem",
            "root/root-2.pem",
            "keys/targets.pem",
            "keys/snapshot.pem",
            "keys/timestamp.pem",
            "keys/student-stable.pem")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(key))))
          .as(key)
          .isEqualTo("rw-------");
    }
    assertThat(keys("inspect").out().lines())
        .anyMatch(
            line -> line.matches("root +2 of 2 +1 +[0-9a-f]{8} [0-9a-f]{8} +yes .*in 36[45] days"))
        .anyMatch(line -> line.matches("targets +1 of 1 +1 +[0-9a-f]{8} +yes .*in (89|90) days"))
        .anyMatch(line -> line.matches("student-stable +1 of 1 +- +[0-9a-f]{8} +yes .*stable/\\*"));
  }

  @Test
  void shouldAddOnlyTheChannelsThatAreNew() throws Exception {
    keys("init");
    byte[] before = Files.readAllBytes(folder.resolve("keys/student-stable.pem"));

    Outcome again = keys("init");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err())
        .isEqualToIgnoringNewLines(
            "error: There is a repository already, and it has all channels; keys rotate makes new"
                + " keys");
    assertThat(keys("init", "--set", "quantizer.channels=stable=int8,beta=fp16").out())
        .startsWith("added student-beta");
    assertThat(folder.resolve("keys/student-stable.pem")).hasBinaryContent(before);
    assertThat(folder.resolve("keys/student-beta.pem")).exists();
  }

  @Test
  void shouldReplaceKeysUnderNewVersions() throws Exception {
    keys("init");
    byte[] channel = Files.readAllBytes(folder.resolve("keys/student-stable.pem"));

    assertThat(keys("rotate", "student-stable", "snapshot").out())
        .contains("root is version 2, targets version 2");
    assertThat(Files.readAllBytes(folder.resolve("keys/student-stable.pem"))).isNotEqualTo(channel);
    assertThat(keys("inspect").out().lines())
        .anyMatch(line -> line.matches("student-stable +1 of 2 .*"));
    assertThat(keys("revoke", "student-stable").out())
        .contains("root is version 3, targets version 3")
        .contains("copy there: " + folder.resolve("keys/student-stable.pem"))
        .contains("copy there: " + folder.resolve("keys/snapshot.pem"))
        .contains("copy there: " + folder.resolve("keys/timestamp.pem"));
    assertThat(keys("inspect").out().lines())
        .anyMatch(line -> line.matches("student-stable +1 of 1 .*"));
    assertThat(keys("renew").out()).startsWith("nothing to renew yet");
  }

  @Test
  void shouldSayInOneLineWhatIsMissing() throws Exception {
    assertThat(keys("inspect").err())
        .isEqualToIgnoringNewLines(
            "error: There is no repository in " + folder + "; begin with keys init");
    keys("init");
    Files.delete(folder.resolve("root/root-1.pem"));
    Outcome without = keys("revoke", "timestamp");
    assertThat(without.exitCode()).isEqualTo(1);
    assertThat(without.err().lines()).hasSize(1);
    assertThat(without.err()).contains("bring them back for this");
    assertThat(keys("rotate", "nobody").err())
        .contains("No role 'nobody'; there are root, targets, snapshot, timestamp, student-stable");
    Outcome illegal =
        run("init", "--folder", folder.resolve("b").toString(), "-s", "quantizer.model=a b");
    assertThat(illegal.err()).startsWith("error: A signed model has a name of at most 100 letters");
    assertThat(illegal.err().lines()).hasSize(1);
  }

  private Outcome keys(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, "--folder", folder.toString()));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Distillstream.commandLine(new KeysCommand());
    commandLine.setErr(new PrintWriter(err, true));
    commandLine.setOut(new PrintWriter(out, true));
    return new Outcome(commandLine.execute(arguments), out.toString(), err.toString());
  }
}
