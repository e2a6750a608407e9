package io.distillstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of the tests in a process of its own, which they can kill. Its class path is theirs,
 * its start is made quick, and what it prints goes to a file. A program ends when its input does:
 * that is when its parent is gone.
 */
public final class ChildJvm implements AutoCloseable {
  /** Options of a virtual machine that starts quickly. */
  public static final List<String> QUICK_START =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Process process;
  private final Path output;

  private ChildJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a process; returns at once.
   *
   * @param options of the virtual machine
   * @param folder for the file of what it prints; made if absent
   */
  public static ChildJvm start(
      Class<?> program, List<String> options, List<String> arguments, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUICK_START);
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            program.getName()));
    command.addAll(arguments);
    try {
      Files.createDirectories(folder);
      Path output = Files.createTempFile(folder, program.getSimpleName() + "-", ".log");
      return new ChildJvm(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start(),
          output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has printed a line that begins so, and returns the rest of the line. */
  public String awaitLine(String beginning) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> line(beginning), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<String> line(String beginning) {
    boolean alive = isAlive();
    String printed = output();
    Optional<String> line =
        printed
            .substring(0, printed.lastIndexOf('\n') + 1)
            .lines()
            .filter(one -> one.startsWith(beginning))
            .map(one -> one.substring(beginning.length()))
            .findFirst();
    assertThat(alive || line.isPresent()).as("ended early: %s", printed).isTrue();
    return line;
  }

  /** Gives it something to read, which it may wait for. */
  public void wake() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed so far. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "(no output: " + e.getMessage() + ")";
    }
  }

  /** SIGKILL: nothing in the process gets to run. Returns when it is gone. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** As {@link ProcessPause#of}. */
  public void pause(Duration time) {
    ProcessPause.of(process, time);
  }

  @Override
  public void close() {
    kill();
  }
}
