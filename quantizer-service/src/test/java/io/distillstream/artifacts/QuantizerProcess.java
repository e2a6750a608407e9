package io.distillstream.artifacts;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The quantizer service alone in a process that tests can kill. */
final class QuantizerProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private QuantizerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Bootstrap servers, registry, pipeline, data folder, then settings as {@code key=value}. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String argument : List.of(arguments).subList(4, arguments.length)) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    ServiceContext context =
        ServiceContext.connect(
            new Pipeline(arguments[2]),
            new ClusterConnection(arguments[0], arguments[1]),
            Path.of(arguments[3]),
            "it");
    try (context;
        QuantizerService service =
            new QuantizerService(QuantizerHarness.settings(values), context)) {
      service.start();
      // Nobody writes to it: its end is that of the parent.
      int end = System.in.read();
      System.err.println("ending: " + end);
    }
  }

  /** Starts a process; returns at once. */
  static QuantizerProcess start(QuantizerHarness harness, Map<String, String> settings) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                QuantizerProcess.class.getName(),
                harness.context.cluster().bootstrapServers(),
                harness.context.cluster().registryUrl(),
                harness.context.pipeline().name(),
                harness.folder.resolve("killed").toString()));
    settings.forEach((key, value) -> command.add(key + "=" + value));
    Path log = harness.folder.resolve("quantizer-process.log");
    try {
      return new QuantizerProcess(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start(),
          log);
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
