package io.distillstream.embedded.broker;

import io.distillstream.embedded.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker in a process of its own, which tests can kill. Says on a line how its start went. */
final class BrokerProcess {

  private static final String ANSWER = "broker-process ";

  private BrokerProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(Path.of(arguments[0]), 0))) {
      System.out.println(ANSWER + broker.bootstrapServers());
      int endOfInput = System.in.read();
      System.out.println("Input ended with " + endOfInput);
    } catch (DataFolderInUseException e) {
      System.out.println(ANSWER + e.getMessage());
    }
  }

  /**
   * Starts a process; returns at once.
   *
   * @param data of the broker
   * @param output for what the process prints
   */
  static ChildJvm start(Path data, Path output) {
    return ChildJvm.start(
        BrokerProcess.class, List.of("-Xmx256m"), List.of(data.toString()), output);
  }

  /** Its address, or why it has none. */
  static String answer(ChildJvm process) {
    return process.awaitLine(ANSWER);
  }
}
