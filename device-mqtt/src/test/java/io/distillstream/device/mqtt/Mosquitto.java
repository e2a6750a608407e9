package io.distillstream.device.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Eclipse Mosquitto as a process of the test's own, and its clients. */
final class Mosquitto implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  private Mosquitto(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** Skips the test, and says so, where the broker or its clients are missing. */
  static void require() {
    boolean there =
        Stream.of("mosquitto", "mosquitto_passwd", "mosquitto_pub", "mosquitto_sub")
            .allMatch(program -> Files.isExecutable(Path.of(path(program))));
    if (!there) {
      System.err.println(
          "SKIPPED: MQTT; Debian's mosquitto and mosquitto-clients are not here, .ci/run installs"
              + " them");
    }
    assumeThat(there).as("mosquitto, set up by .ci/run").isTrue();
  }

  /** Starts one that lets everybody do everything, and forgets all when it ends. */
  static Mosquitto start(Path folder) throws Exception {
    return start(folder, "allow_anonymous true");
  }

  /** Starts one with these lines in its settings besides. */
  static Mosquitto start(Path folder, String... settings) throws Exception {
    Mosquitto broker = new Mosquitto(Files.createDirectories(folder), FreePorts.choose());
    List<String> lines = new ArrayList<>();
    lines.add("listener " + broker.port + " 127.0.0.1");
    lines.add("persistence false");
    lines.add("log_dest stderr");
    lines.add("log_type subscribe");
    lines.add("log_type error");
    lines.addAll(List.of(settings));
    // As root it would go on as another user, who may not read the test's files.
    lines.add("user " + System.getProperty("user.name"));
    Files.write(broker.config(), lines);
    broker.startAgain();
    return broker;
  }

  /** Writes a file of logins, user and password by turns. */
  static Path passwords(Path file, String... logins) throws Exception {
    Files.writeString(file, "");
    for (int i = 0; i < logins.length; i += 2) {
      String user = logins[i];
      String password = logins[i + 1];
      run(List.of(path("mosquitto_passwd"), "-b", file.toString(), user, password));
    }
    return file;
  }

  String url() {
    return "tcp://127.0.0.1:" + port;
  }

  String tlsUrl() {
    return "ssl://127.0.0.1:" + port;
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
    process = null;
  }

  /** Starts it where it was. */
  void startAgain() throws IOException {
    Process started =
        new ProcessBuilder(path("mosquitto"), "-c", config().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    process = started;
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!started.isAlive()) {
                throw new AssertionError("Mosquitto has ended: " + Files.readString(log()));
              }
              return listens();
            });
  }

  /** Publishes by Mosquitto's own client, at least once. */
  void publish(String topic, String message, String... options) throws Exception {
    List<String> command = client("mosquitto_pub", topic, options);
    command.addAll(List.of("-q", "1", "-m", message));
    run(command);
  }

  /** Publishes messages of one line each as fast as it can, at least once. */
  void publishLines(String topic, List<String> messages) throws Exception {
    Path lines = Files.write(folder.resolve("lines"), messages);
    List<String> command = client("mosquitto_pub", topic, "-q", "1", "-l");
    Process publishing =
        new ProcessBuilder(command)
            .redirectInput(lines.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(publishing.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(publishing.exitValue()).isZero();
  }

  /** The first message on a topic, by Mosquitto's own client; retained ones count. */
  String first(String topic, String... options) throws Exception {
    List<String> command = client("mosquitto_sub", topic, options);
    command.addAll(List.of("-C", "1", "-W", String.valueOf(PATIENCE.toSeconds())));
    return run(command).strip();
  }

  /** Begins to listen by Mosquitto's own client; returns when the broker knows it. */
  Listener listen(String topic, int messages) throws Exception {
    List<String> command =
        client("mosquitto_sub", topic, "-q", "1", "-C", String.valueOf(messages), "-W", "60");
    Process listening = new ProcessBuilder(command).redirectErrorStream(true).start();
    listening.getOutputStream().close();
    await().atMost(PATIENCE).until(() -> Files.readString(log()).contains(" " + topic));
    return new Listener(listening);
  }

  /** A client that ends when it has heard a number of messages. */
  record Listener(Process process) implements AutoCloseable {

    /** All of them. */
    String heard() throws Exception {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  private List<String> client(String program, String topic, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(path(program), "-h", "127.0.0.1", "-p", String.valueOf(port), "-t", topic));
    command.addAll(List.of(options));
    return command;
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command.get(0), output).isZero();
    return output;
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path config() {
    return folder.resolve("mosquitto.conf");
  }

  private Path log() {
    return folder.resolve("mosquitto.log");
  }

  /** Debian keeps servers where not every user looks for programs. */
  private static String path(String program) {
    for (String place : new String[] {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
      if (Files.isExecutable(Path.of(place + program))) {
        return place + program;
      }
    }
    return program;
  }

  @Override
  public void close() {
    kill();
  }
}
