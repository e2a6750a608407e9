package io.distillstream.local.deployment;

import io.distillstream.local.ForeignProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prometheus' own checks, by Debian's package {@code prometheus}, which {@code .ci/run} installs.
 */
final class Promtool {

  private Promtool() {}

  /** Skips the test, and says so, where there is none. */
  static void require() throws Exception {
    ForeignProgram.require("promtool", "Debian's package prometheus", "promtool", "--version");
  }

  /** What its linter says of a text that a process shows. */
  static ForeignProgram.Result checkMetrics(String text) throws Exception {
    Path file = Files.createTempFile("metrics", ".txt");
    try {
      Files.writeString(file, text);
      return ForeignProgram.run(List.of("bash", "-c", "promtool check metrics < " + file));
    } finally {
      Files.delete(file);
    }
  }

  /** Runs it on files of the repository. */
  static ForeignProgram.Result run(List<String> arguments, List<String> files) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(arguments);
    files.forEach(file -> command.add(Path.of("..").resolve(file).toString()));
    return ForeignProgram.run(command);
  }
}
