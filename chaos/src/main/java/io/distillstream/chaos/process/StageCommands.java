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

/** The command lines of the stages: the product's own commands, on this process's class path. */
final class StageCommands {

  /** Under which the broker tells every client to reach it; each stage resolves it to its link. */
  private static final String BROKER_HOST = "localhost";

  private final Path folder;
  private final String pipeline;
  private final Ports ports;
  private final StageSetup setup;

  /** The ports that stay the same over restarts. */
  record Ports(int broker, int registry, int teacher, int monitor) {}

  StageCommands(Path folder, String pipeline, Ports ports, StageSetup setup) {
    this.folder = folder;
    this.pipeline = pipeline;
    this.ports = ports;
    this.setup = setup;
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
    setup.settings().forEach((key, value) -> set(command, key, value));
    return command;
  }

  /** Where a stage keeps its files. */
  Path dataFolder(Stage stage) {
    return folder.resolve("data").resolve(stage.text());
  }

  private List<String> java(Stage stage) {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1"));
    java.addAll(setup.javaOptions(stage));
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
