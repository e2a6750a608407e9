package io.distillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The trainer service alone in a process that tests can kill. It starts up to the loaded engine and
 * waits for {@link #go}, so that the next one can get ready while one still runs: the start of the
 * JVM and of the native library, which take most of the time, need no broker.
 */
final class TrainerProcess implements AutoCloseable {
  private static final String READY = "trainer-process ready";

  private final Process process;
  private final Path log;

  private TrainerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Bootstrap servers, registry, pipeline, data folder, then settings as {@code key=value}. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String argument : List.of(arguments).subList(4, arguments.length)) {
      values.put(
          argument.substring(0, argument.indexOf('=')),
          argument.substring(argument.indexOf('=') + 1));
    }
    TrainerSettings settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), values));
    try (StudentEngine engine =
        DjlStudentEngine.from(new StudentStart(settings.student()).fresh())) {
      System.out.println(READY + " to train a " + engine.spec());
    }
    // The parent's word, or the end of the input with the parent's own.
    if (System.in.read() < 0) {
      return;
    }
    ServiceContext context =
        ServiceContext.connect(
            new Pipeline(arguments[2]),
            new ClusterConnection(arguments[0], arguments[1]),
            Path.of(arguments[3]),
            "it");
    try (context;
        TrainerService service = new TrainerService(settings, context)) {
      service.start();
      int last = System.in.read();
      System.out.println("ending: " + last);
    }
  }

  /** Starts a process; returns at once. */
  static TrainerProcess standBy(TrainerHarness harness, Map<String, String> settings, Path folder) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Dai.djl.pytorch.num_interop_threads=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                TrainerProcess.class.getName(),
                harness.cluster.bootstrapServers(),
                harness.cluster.registryUrl(),
                harness.pipeline.name(),
                folder.toString()));
    settings.forEach((key, value) -> command.add(key + "=" + value));
    Path log = folder.resolve("trainer-process.log");
    try {
      Files.createDirectories(folder);
      return new TrainerProcess(
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it is ready, then lets it train. */
  void go() {
    // Not closed: that would end the process's output.
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    try {
      StringBuilder seen = new StringBuilder();
      String line = output.readLine();
      while (line != null && !line.startsWith(READY)) {
        seen.append(line).append('\n');
        line = output.readLine();
      }
      if (line == null) {
        throw new AssertionError("the trainer's process ended early: " + seen + log());
      }
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /** SIGKILL: nothing in the process gets to run. Returns when it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
