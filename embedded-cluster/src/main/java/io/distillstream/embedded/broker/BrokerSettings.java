package io.distillstream.embedded.broker;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where an embedded broker keeps its data and how it is reached.
 *
 * @param dataFolder created when absent; one broker at a time may use it
 * @param port the clients' port on the loopback interface; 0 takes any free one
 * @param overrides broker properties, by Kafka's names, that replace the ones chosen here
 */
public record BrokerSettings(Path dataFolder, int port, Map<String, String> overrides) {

  public BrokerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in 0..65535, was " + port);
    }
    dataFolder = dataFolder.toAbsolutePath().normalize();
    overrides = Map.copyOf(overrides);
  }

  public BrokerSettings(Path dataFolder, int port) {
    this(dataFolder, port, Map.of());
  }
}
