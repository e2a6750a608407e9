package io.distillstream.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The engine's command line. */
final class ContainerEngine {
  static final String IMAGE = "distillstream:0.1.0-SNAPSHOT";

  private ContainerEngine() {}

  /** Whether containers of the image can be started here; says loudly if not. */
  static boolean available(String test) {
    String missing =
        !"true".equals(System.getenv("CONTAINER_TESTS"))
            ? "CONTAINER_TESTS=true is not set"
            : succeeds("compose", "version")
                ? succeeds("image", "inspect", IMAGE) ? "" : "there is no image " + IMAGE
                : "docker compose does not run";
    if (!missing.isEmpty()) {
      System.err.println(
          test + " IS SKIPPED: " + missing + "; image and Compose files are untested");
    }
    return missing.isEmpty();
  }

  /** What a command prints, both streams. */
  static String docker(String... arguments) {
    return run(Map.of(), List.of(arguments));
  }

  /**
   * What a command prints, both streams.
   *
   * @throws AssertionError if it fails
   */
  static String run(Map<String, String> environment, List<String> arguments) {
    Outcome outcome = outcome(environment, arguments);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          "docker " + String.join(" ", arguments) + " failed:\n" + outcome.output());
    }
    return outcome.output();
  }

  /** What a command prints, both streams, whether it fails or not. */
  static String output(String... arguments) {
    return outcome(Map.of(), List.of(arguments)).output();
  }

  /** Whether a command ends with 0. */
  static boolean succeeds(String... arguments) {
    try {
      return outcome(Map.of(), List.of(arguments)).exitCode() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static Outcome outcome(Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile("docker", ".txt");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Outcome(exitCode, Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while docker ran", e);
    }
  }

  private record Outcome(int exitCode, String output) {}
}
