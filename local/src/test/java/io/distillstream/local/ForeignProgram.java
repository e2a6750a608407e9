package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs in other languages, which {@code .ci/run} sets up for the tests. */
public final class ForeignProgram {

  private ForeignProgram() {}

  /** How a program ended, and what it wrote to both of its outputs. */
  public record Result(int exitCode, String output) {}

  /**
   * Skips the test, and says so, where a program is missing.
   *
   * @param variable of the environment that names it
   * @param probe ends with 0 where it is there
   */
  public static void require(String name, String variable, String... probe) throws Exception {
    boolean there = run(List.of(probe)).exitCode() == 0;
    if (!there) {
      System.err.println("SKIPPED: " + name + " is not here; .ci/run sets it up, " + variable);
    }
    assumeThat(there).as("%s, set up by .ci/run", name).isTrue();
  }

  /** Runs a program to its end, without any input. */
  public static Result run(List<String> command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output);
  }

  /** Puts a script, which lies beside a test, into a folder. */
  public static Path script(Class<?> test, String name, Path folder) throws IOException {
    Path script = folder.resolve(name);
    try (InputStream source = test.getResourceAsStream(name)) {
      Files.copy(source, script);
    }
    return script;
  }
}
