package io.distillstream.embedded.broker;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where an embedded broker keeps its data and how it is reached.
 *
 * @param dataFolder created when absent; one broker at a time may use it
 * @param port the clients' port on the loopback interface; 0 takes any free one
 * @param listeners security protocol of each listener beside the clients' plain one, by name, such
 *     as {@code SASL_SSL}; each takes any free port of the loopback interface
 * @param overrides broker properties, by Kafka's names, that replace the ones chosen here
 */
public record BrokerSettings(
    Path dataFolder, int port, Map<String, String> listeners, Map<String, String> overrides) {

  public BrokerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in 0..65535, was " + port);
    }
    dataFolder = dataFolder.toAbsolutePath().normalize();
    listeners = Map.copyOf(listeners);
    overrides = Map.copyOf(overrides);
  }

  public BrokerSettings(Path dataFolder, int port, Map<String, String> overrides) {
    this(dataFolder, port, Map.of(), overrides);
  }

  public BrokerSettings(Path dataFolder, int port) {
    this(dataFolder, port, Map.of(), Map.of());
  }
}
