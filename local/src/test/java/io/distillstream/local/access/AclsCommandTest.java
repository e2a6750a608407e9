package io.distillstream.local.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.Distillstream;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.wire.access.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AclsCommandTest {

  private record Outcome(int exitCode, String out, String err) {}

  @Test
  void shouldPrintACommandForEachResource() {
    Outcome outcome =
        acls(
            "signer",
            "--principal",
            "User:CN={role},O=Example",
            "--command-config",
            "admin.properties",
            "--set",
            "pipeline.name=p",
            "--set",
            "cluster.bootstrap-servers=kafka-1:9092");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out().lines())
        .hasSize(4)
        .contains(
            "kafka-acls.sh --bootstrap-server kafka-1:9092 --command-config admin.properties --add"
                + " --allow-principal 'User:CN=signer,O=Example' --operation Read --operation Write"
                + " --topic p.trust");
  }

  @Test
  void shouldSayWhichRolesThereAre() {
    Outcome outcome = acls("techer");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("No role 'techer'; accepted are teacher, joiner");
  }

  @Test
  void shouldKnowTheRightsOfEveryService() {
    assertThat(Arrays.stream(Role.values()).map(Role::text))
        .containsAll(Arrays.stream(ServiceKind.values()).map(ServiceKind::text).toList());
  }

  @Test
  void shouldStandInTheDocumentation() throws Exception {
    assertThat(Files.readString(Path.of("..", "docs", "security.md")))
        .contains(acls("all", "--format", "table").out().strip());
  }

  private static Outcome acls(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Distillstream.commandLine(new AclsCommand());
    int exitCode =
        command
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }
}
