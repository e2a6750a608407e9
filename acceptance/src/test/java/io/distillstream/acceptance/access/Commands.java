package io.distillstream.acceptance.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.Distillstream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.tools.AclCommand;

/** Commands of ours and of Kafka's, carried out in this process. */
final class Commands {

  private final StringWriter printed = new StringWriter();

  /** Runs one of ours that is to succeed; answers what it printed. */
  String run(Map<String, String> settings, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    StringWriter out = new StringWriter();
    int exitCode =
        Distillstream.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(printed))
            .execute(arguments.toArray(String[]::new));
    printed.append(out.toString());
    assertThat(exitCode).as(printed.toString()).isZero();
    return out.toString();
  }

  /** Does what lines for Kafka's kafka-acls.sh say. */
  void carryOut(String lines) {
    PrintStream before = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
    try {
      for (String line : lines.lines().toList()) {
        String[] words = line.replace("'", "").split(" ", -1);
        assertThat(words[0]).isEqualTo("kafka-acls.sh");
        AclCommand.main(Arrays.copyOfRange(words, 1, words.length));
      }
    } finally {
      System.setOut(before);
    }
  }

  /** All that ours have printed, also as errors. */
  String printed() {
    return printed.toString();
  }
}
