package io.distillstream.chaos.process;

import io.distillstream.embedded.ClusterProgram;
import io.distillstream.local.Distillstream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command lines of the stages: the product's own commands, on this process's class path. */
final class StageCommands {

  /** Under which the broker tells every client to reach it; each stage resolves it to its link. */
  private static final String BROKER_HOST = "localhost";

  /** A small student and frequent checkpoints, so that each stage puts out something often. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          // Nobody asks them; beside another pipeline their usual ports may be taken.
          Map.entry("joiner.http.port", "0"),
          Map.entry("trainer.http.port", "0"),
          Map.entry("quantizer.http.port", "0"),
          Map.entry("signer.http.port", "0"),
          Map.entry("trainer.width", "32"),
          Map.entry("trainer.blocks", "1"),
          Map.entry("trainer.embedding-start", "random"),
          Map.entry("trainer.checkpoint-interval", "3s"),
          Map.entry("trainer.keep-checkpoints", "5"),
          Map.entry("trainer.keep-checkpoint-age", "30s"),
          Map.entry("trainer.replay.max-examples", "2000"),
          // What runs beside the pipeline decides how fast an artifact is; quality is not judged.
          Map.entry("quantizer.max-latency-ratio", "1000"),
          Map.entry("quantizer.min-agreement", "0.5"),
          Map.entry("quantizer.max-accuracy-drop", "1"),
          Map.entry("quantizer.incumbent.enabled", "false"),
          // Small disks are full before the usual reserve is free.
          Map.entry("data.min-free-bytes", "16777216"));

  private final Path folder;
  private final String pipeline;
  private final Ports ports;

  /** The ports that stay the same over restarts. */
  record Ports(int broker, int registry, int teacher, int monitor) {}

  StageCommands(Path folder, String pipeline, Ports ports) {
    this.folder = folder;
    this.pipeline = pipeline;
    this.ports = ports;
  }

  List<String> cluster() {
    List<String> command = java(Stage.CLUSTER);
    command.add("-Dlogback.configurationFile=logback-cluster.xml");
    command.addAll(classPath());
    command.addAll(
        List.of(
            ClusterProgram.class.getName(),
            dataFolder(Stage.CLUSTER).toString(),
            Integer.toString(ports.broker()),
            Integer.toString(ports.registry()),
            BROKER_HOST));
    return command;
  }

  /** A stage that is a service or a device. */
  List<String> stage(Stage stage, NetworkLink link, InetAddress own) throws IOException {
    List<String> command = java(stage);
    command.add("-Djdk.net.hosts.file=" + hosts(stage, own));
    command.addAll(classPath());
    command.add(Distillstream.class.getName());
    command.addAll(
        stage == Stage.DEVICE
            ? List.of("device", "--id", "chaos", "--wait", "3600")
            : List.of("run", stage.text()));
    set(command, "pipeline.name", pipeline);
    set(command, "cluster.bootstrap-servers", link.bootstrapServers());
    set(command, "cluster.registry-url", link.registryUrl());
    set(command, "data.folder", dataFolder(stage).toString());
    set(command, "teacher.http.port", Integer.toString(ports.teacher()));
    set(command, "monitor.port", Integer.toString(ports.monitor()));
    SETTINGS.forEach((key, value) -> set(command, key, value));
    return command;
  }

  /** Where a stage keeps its files. */
  Path dataFolder(Stage stage) {
    return folder.resolve("data").resolve(stage.text());
  }

  private List<String> java(Stage stage) {
    String heap = stage.heapMib() + "m";
    List<String> java =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // What then grows in resident memory is no unused part of the heap.
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Dai.djl.pytorch.num_interop_threads=1"));
    // The launcher knows whether this machine's Java has it.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:TrimNativeHeapInterval="))
        .forEach(java::add);
    return java;
  }

  private static List<String> classPath() {
    return List.of("-cp", System.getProperty("java.class.path"));
  }

  private static void set(List<String> command, String key, String value) {
    command.add("--set");
    command.add(key + "=" + value);
  }

  /** A file by which the stage finds the broker behind its own link. */
  private Path hosts(Stage stage, InetAddress own) throws IOException {
    Path file = folder.resolve(stage.text() + ".hosts");
    Files.writeString(
        file,
        "%s %s%n127.0.0.1 %s%n"
            .formatted(
                own.getHostAddress(), BROKER_HOST, InetAddress.getLocalHost().getHostName()));
    return file;
  }
}
