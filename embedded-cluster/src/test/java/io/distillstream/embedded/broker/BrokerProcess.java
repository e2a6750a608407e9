package io.distillstream.embedded.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;

/** A broker in a process of its own, which tests can kill. Says on a line how its start went. */
final class BrokerProcess implements AutoCloseable {

  private static final String ANSWER = "broker-process ";

  private final Process process;
  private final String answer;

  private BrokerProcess(Process process, String answer) {
    this.process = process;
    this.answer = answer;
  }

  public static void main(String[] arguments) throws IOException {
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(Path.of(arguments[0]), 0))) {
      System.out.println(ANSWER + broker.bootstrapServers());
      int endOfInput = System.in.read();
      System.out.println("Input ended with " + endOfInput);
    } catch (DataFolderInUseException e) {
      System.out.println(ANSWER + e.getMessage());
    }
  }

  static BrokerProcess start(Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    BrokerProcess.class.getName(),
                    folder.toString()))
            .redirectErrorStream(true)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    StringBuilder seen = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.append(line).append('\n');
      if (line.startsWith(ANSWER)) {
        return new BrokerProcess(process, line.substring(ANSWER.length()));
      }
    }
    throw new IOException("The broker process ended without an answer: " + seen);
  }

  /** Its address, or why it has none. */
  String answer() {
    return answer;
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
