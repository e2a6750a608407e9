package io.distillstream.container;

import io.distillstream.embedded.FreePorts;
import io.distillstream.wire.ClusterConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Containers by the project's own Compose files, under a name and on ports of their own; they go,
 * with their volumes, at the end.
 */
final class ComposeStack implements AutoCloseable {
  /** What an answer of a stage that is well begins with. */
  static final String OK = "HTTP/1.1 200";

  /** What the gateway asks for. */
  static final String TOKEN = "a-token-of-the-tests-alone";

  /** Long, since a machine may have two slow cores for all of them. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final List<String> PORTS =
      List.of(
          "KAFKA_PORT",
          "KAFKA_2_PORT",
          "KAFKA_3_PORT",
          "REGISTRY_PORT",
          "TEACHER_PORT",
          "TEACHER_2_PORT",
          "MONITOR_PORT",
          "GATEWAY_PORT",
          "GATEWAY_2_PORT");

  private final String name;
  private final List<String> compose;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> ids = new HashMap<>();

  private ComposeStack(String name, List<String> arguments, Path folder) throws IOException {
    this.name = name;
    compose = new ArrayList<>(List.of("compose", "--project-name", name, "--project-directory"));
    compose.add(Path.of("..").toAbsolutePath().normalize().toString());
    compose.addAll(arguments);
    Path token = folder.resolve("gateway-token");
    Files.writeString(token, TOKEN);
    environment.put("GATEWAY_TOKEN_FILE", token.toString());
    List<Integer> free = FreePorts.choose(PORTS.size());
    for (int i = 0; i < PORTS.size(); i++) {
      environment.put(PORTS.get(i), Integer.toString(free.get(i)));
    }
  }

  /**
   * Starts services and waits until all of them are healthy.
   *
   * @param files Compose files, by their paths in the repository
   * @param profiles that are started too
   */
  static ComposeStack up(String name, List<String> files, List<String> profiles, Path folder)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    for (String file : files) {
      arguments.add("--file");
      arguments.add(Path.of("..", file).toString());
    }
    for (String profile : profiles) {
      arguments.add("--profile");
      arguments.add(profile);
    }
    ComposeStack stack = new ComposeStack(name, arguments, folder);
    try {
      stack.run(
          "up", "--detach", "--pull=never", "--wait", "--wait-timeout=" + PATIENCE.toSeconds());
    } catch (AssertionError e) {
      System.err.println(stack.run("logs", "--tail=40"));
      stack.close();
      throw e;
    }
    return stack;
  }

  /** What a command of Compose prints. */
  String run(String... arguments) {
    List<String> command = new ArrayList<>(compose);
    command.addAll(List.of(arguments));
    return ContainerEngine.run(environment, command);
  }

  /** What a service has printed. */
  String logs(String service) {
    return run("logs", "--no-color", "--no-log-prefix", service);
  }

  /** Ids of the containers, stopped ones too. */
  List<String> containers() {
    return run("ps", "--all", "--quiet").lines().toList();
  }

  /** Takes a service's container off the network that all share, without telling anybody. */
  void disconnect(String service) {
    ContainerEngine.docker("network", "disconnect", network(), container(service));
  }

  /** Gives a service's container that network back. */
  void connect(String service) {
    ContainerEngine.docker("network", "connect", "--alias", service, network(), container(service));
  }

  /** Whether a stage answers 200. */
  boolean answers(String service, String path) {
    return answer(service, path).startsWith(OK);
  }

  /**
   * What a stage answers, headers and all, asked within its container by the port of its health
   * check; what the engine says where nobody could be asked.
   */
  String answer(String service, String path) {
    return ContainerEngine.output(
        "exec",
        container(service),
        "bash",
        "-c",
        "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_PORT && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "
            + path
            + " >&3 && cat <&3");
  }

  private String network() {
    return name + "_default";
  }

  private String container(String service) {
    return ids.computeIfAbsent(service, name -> run("ps", "--quiet", name).strip());
  }

  URI teacher() {
    return URI.create("http://127.0.0.1:" + environment.get("TEACHER_PORT"));
  }

  URI gateway() {
    return URI.create("http://127.0.0.1:" + environment.get("GATEWAY_PORT"));
  }

  URI monitor() {
    return URI.create("http://127.0.0.1:" + environment.get("MONITOR_PORT"));
  }

  /**
   * The cluster, as this machine reaches it.
   *
   * @param brokers settings with the brokers' ports
   */
  ClusterConnection cluster(String... brokers) {
    String bootstrap =
        List.of(brokers).stream()
            .map(port -> "localhost:" + environment.get(port))
            .collect(Collectors.joining(","));
    return new ClusterConnection(
        bootstrap,
        "http://localhost:" + environment.get("REGISTRY_PORT") + "/apis/ccompat/v7",
        Map.of(),
        Map.of());
  }

  @Override
  public void close() {
    run("down", "--volumes", "--timeout=10");
  }
}
