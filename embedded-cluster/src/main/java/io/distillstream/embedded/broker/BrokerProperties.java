package io.distillstream.embedded.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * Kafka's own settings for one node that is broker and controller. Message limits, retention and
 * everything else that a topic's owner may rely on stay at Kafka's defaults.
 */
final class BrokerProperties {

  static final int NODE_ID = 1;

  private BrokerProperties() {}

  static Properties of(Path logFolder, BoundListeners bound, BrokerSettings settings) {
    String controllerAddress = "127.0.0.1:" + bound.port(BoundListeners.CONTROLLER);
    StringBuilder listeners = new StringBuilder(address(BoundListeners.CLIENTS, bound));
    StringBuilder protocols =
        new StringBuilder(
            BoundListeners.CLIENTS + ":PLAINTEXT," + BoundListeners.CONTROLLER + ":PLAINTEXT");
    settings
        .listeners()
        .forEach(
            (name, protocol) -> {
              listeners.append(',').append(address(name, bound));
              protocols.append(',').append(name).append(':').append(protocol);
            });

    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put("controller.quorum.voters", NODE_ID + "@" + controllerAddress);
    properties.put("controller.listener.names", BoundListeners.CONTROLLER);
    properties.put("inter.broker.listener.name", BoundListeners.CLIENTS);
    properties.put("listeners", listeners + "," + address(BoundListeners.CONTROLLER, bound));
    properties.put("advertised.listeners", listeners.toString());
    properties.put("listener.security.protocol.map", protocols.toString());
    properties.put("log.dirs", logFolder.toString());
    properties.put("auto.create.topics.enable", "false");

    singleNode(properties);
    quickStart(properties);
    neverLost(properties);
    smallMemory(properties);
    properties.putAll(settings.overrides());
    return properties;
  }

  private static String address(String listener, BoundListeners bound) {
    return listener + "://127.0.0.1:" + bound.port(listener);
  }

  private static void singleNode(Properties properties) {
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
  }

  /** Few internal partitions to recover, and no waiting for peers that don't exist. */
  private static void quickStart(Properties properties) {
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
  }

  /**
   * Broker and controller live in one process, and stand still together where it is paused, or its
   * machine asleep or overloaded. A controller that then took the only broker for lost would leave
   * all partitions without a leader, and a transaction that is ended in that time is never ended in
   * them (<a href="https://issues.apache.org/jira/browse/KAFKA-20734">KAFKA-20734</a>): nobody
   * could read beyond it.
   */
  private static void neverLost(Properties properties) {
    properties.put("broker.session.timeout.ms", Long.toString(Duration.ofDays(7).toMillis()));
    properties.put("broker.heartbeat.interval.ms", "500");
  }

  /** Kafka's thread pools and buffers are meant for a machine of its own. */
  private static void smallMemory(Properties properties) {
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("background.threads", "4");
    properties.put("num.recovery.threads.per.data.dir", "2");
    properties.put("log.cleaner.enable", "true");
    properties.put("log.cleaner.threads", "1");
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    properties.put("log.cleaner.io.buffer.size", Integer.toString(256 << 10));
  }
}
