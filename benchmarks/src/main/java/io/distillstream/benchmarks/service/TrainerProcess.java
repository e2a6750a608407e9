package io.distillstream.benchmarks.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.trainer.TrainerService;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The trainer service with its default settings, alone in a process; says on lines how far it is.
 */
final class TrainerProcess implements AutoCloseable {
  static final String RUNNING = "trainer-process running";
  static final String STARTED = "trainer-process started";
  static final String TRAINED = "trainer-process trained";
  static final String PUBLISHED = "trainer-process published";

  private static final long POLL_MILLIS = 2;

  private final Process process;
  private final BufferedReader output;

  private TrainerProcess(Process process) {
    this.process = process;
    this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Bootstrap servers, registry, pipeline, data folder. */
  public static void main(String[] arguments) throws InterruptedException {
    System.out.println(RUNNING);
    TrainerSettings settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), Map.of()));
    try (ServiceContext context =
            ServiceContext.connect(
                new Pipeline(arguments[2]),
                new ClusterConnection(arguments[0], arguments[1]),
                Path.of(arguments[3]),
                "bench");
        TrainerService service = new TrainerService(settings, context)) {
      StageMetrics stage = context.stage("trainer");
      service.start();
      System.out.println(STARTED);
      await(service, stage, "records_trained");
      System.out.println(TRAINED);
      await(service, stage, "checkpoints");
      System.out.println(PUBLISHED);
      while (service.healthy()) {
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private static void await(TrainerService service, StageMetrics stage, String counter)
      throws InterruptedException {
    while (service.healthy() && stage.count(counter) == 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Starts a process like this one. The caller closes it. */
  static TrainerProcess start(ServiceContext context) throws IOException {
    return new TrainerProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx1g",
                    "-Dai.djl.offline=true",
                    "-Dai.djl.pytorch.num_threads=1",
                    "-Dai.djl.pytorch.num_interop_threads=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    TrainerProcess.class.getName(),
                    context.cluster().bootstrapServers(),
                    context.cluster().registryUrl(),
                    context.pipeline().name(),
                    context.dataFolder().toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /**
   * Waits for a line.
   *
   * @throws IllegalStateException if the process ends before it
   */
  void await(String expected) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = output.readLine(); !expected.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IllegalStateException("The trainer's process ended early: " + seen);
      }
      seen.append(line).append('\n');
    }
  }

  /** SIGKILL; returns when it is gone. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
