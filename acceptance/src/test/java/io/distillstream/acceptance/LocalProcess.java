package io.distillstream.acceptance;

import static java.util.Objects.requireNonNull;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.embedded.FreePorts;
import io.distillstream.embedded.ProcessPause;
import io.distillstream.local.Distillstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * {@code distillstream local} as a process of its own, on ports that stay the same when it returns.
 */
public final class LocalProcess implements AutoCloseable {

  /** Of what it prints; what it logs is in its data folder. */
  private final Path folder;

  private final List<String> command = new ArrayList<>();
  private final int teacherPort;
  private final int brokerPort;
  private final int registryPort;
  private @Nullable Process process;

  public LocalProcess(Path folder, Map<String, String> settings) {
    this.folder = folder;
    List<Integer> free = FreePorts.choose(5);
    teacherPort = free.get(0);
    brokerPort = free.get(1);
    registryPort = free.get(2);
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ChildJvm.QUICK_START);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1",
            "-cp",
            System.getProperty("java.class.path"),
            Distillstream.class.getName(),
            "local",
            "--data-dir",
            dataFolder().toString()));
    set("local.broker-port", brokerPort);
    set("local.registry-port", registryPort);
    set("teacher.http.port", teacherPort);
    set("monitor.port", free.get(3));
    set("gateway.port", free.get(4));
    settings.forEach(this::set);
  }

  public Path dataFolder() {
    return folder.resolve("data");
  }

  private void set(String key, Object value) {
    command.add("--set");
    command.add(key + "=" + value);
  }

  /** Starts the process and does not wait. */
  public void start() throws IOException {
    Path log = folder.resolve("local.log");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** Waits until the teacher answers. */
  public void awaitReady() {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest health = HttpRequest.newBuilder(URI.create(teacherUrl() + "/health/live")).build();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              if (!requireNonNull(process).isAlive()) {
                throw new AssertionError("ended by itself:\n" + log());
              }
              return client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode()
                  == 200;
            });
  }

  /** SIGKILL: nothing in the process gets to run. */
  public void kill() throws InterruptedException {
    requireNonNull(process).destroyForcibly().waitFor();
  }

  /** As {@link ProcessPause#of}. */
  public void pause(Duration time) {
    ProcessPause.of(requireNonNull(process), time);
  }

  /** SIGTERM, as Ctrl-C does; the exit must be orderly and soon. */
  public int stop() throws InterruptedException {
    Process running = requireNonNull(process);
    running.destroy();
    if (!running.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("did not end within 60 s of SIGTERM:\n" + log());
    }
    return running.exitValue();
  }

  /** Waits until it ends by itself; the exit code. */
  public int awaitEnd() throws InterruptedException {
    Process running = requireNonNull(process);
    if (!running.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("did not end by itself within 90 s:\n" + log());
    }
    return running.exitValue();
  }

  public String teacherUrl() {
    return "http://127.0.0.1:" + teacherPort;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + brokerPort;
  }

  public String registryUrl() {
    return "http://127.0.0.1:" + registryPort;
  }

  public String log() {
    try {
      return Files.readString(folder.resolve("local.log"));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
