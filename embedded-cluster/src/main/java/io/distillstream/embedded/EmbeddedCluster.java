package io.distillstream.embedded;

import io.distillstream.foundation.PortInUseException;
import java.nio.file.Path;

/**
 * A broker and the schema registry that keeps its state in it, as one thing to start and close.
 * Owns both.
 */
public final class EmbeddedCluster implements AutoCloseable {

  private final EmbeddedBroker broker;
  private final SchemaRegistryServer registry;

  private EmbeddedCluster(EmbeddedBroker broker, SchemaRegistryServer registry) {
    this.broker = broker;
    this.registry = registry;
  }

  /** Starts both on free ports of the loopback interface; returns when both answer. */
  public static EmbeddedCluster start(Path dataFolder) {
    return start(new BrokerSettings(dataFolder, 0), 0);
  }

  /**
   * Starts both; returns when both answer.
   *
   * @param registryPort the registry's port on the loopback interface; 0 takes any free one
   * @throws DataFolderInUseException if another broker works on the folder
   * @throws PortInUseException if one of the ports is taken
   * @throws BrokerFailedException if Kafka does not start
   */
  public static EmbeddedCluster start(BrokerSettings brokerSettings, int registryPort) {
    EmbeddedBroker broker = new EmbeddedBroker(brokerSettings);
    try {
      return new EmbeddedCluster(
          broker, new SchemaRegistryServer(broker.bootstrapServers(), registryPort));
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** The registry's base address, such as {@code http://127.0.0.1:8081}. */
  public String registryUrl() {
    return registry.url();
  }

  public EmbeddedBroker broker() {
    return broker;
  }

  public SchemaRegistryServer registry() {
    return registry;
  }

  /** Closes the registry, then the broker. Idempotent. */
  @Override
  public void close() {
    try (broker;
        registry) {
      // The registry first: it is a client of the broker.
    }
  }
}
