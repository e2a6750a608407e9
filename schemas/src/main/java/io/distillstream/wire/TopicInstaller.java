package io.distillstream.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates a pipeline's topics with their partitions, retention and cleanup, and registers their
 * schemas. What already exists is left as it is, so every service may call this at its start.
 */
public final class TopicInstaller {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);

  /** A dead letter is the largest record that brokers take by default, and its headers. */
  private static final int DEAD_LETTER_BYTES = 2 * 1024 * 1024;

  private TopicInstaller() {}

  /**
   * Creates what is missing.
   *
   * @throws ClusterUnavailableException if the brokers do not answer in time or refuse
   * @throws RegistryUnavailableException if the registry cannot be reached
   * @throws IncompatibleSchemaException if the registry refuses a schema
   */
  public static void install(Admin admin, WireFormat wire, Pipeline pipeline) {
    List<NewTopic> topics = new ArrayList<>();
    for (Topic<?> topic : Topics.all()) {
      topics.add(
          new NewTopic(topic.in(pipeline), topic.partitions(), (short) -1)
              .configs(topic.configuration()));
    }
    topics.add(
        new NewTopic(pipeline.deadLetters(), 1, (short) -1)
            .configs(
                Map.of(
                    "retention.ms",
                    Long.toString(DEAD_LETTER_RETENTION.toMillis()),
                    "max.message.bytes",
                    Integer.toString(DEAD_LETTER_BYTES))));
    for (Map.Entry<String, KafkaFuture<Void>> created :
        admin.createTopics(topics).values().entrySet()) {
      await(created.getKey(), created.getValue());
    }
    for (Topic<?> topic : Topics.all()) {
      wire.register(topic, pipeline);
    }
  }

  private static void await(String topic, KafkaFuture<Void> created) {
    try {
      created.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new ClusterUnavailableException("Cannot create topic " + topic, e.getCause());
      }
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(
          "Cannot create topic " + topic + " within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterUnavailableException("Interrupted while creating topic " + topic, e);
    }
  }
}
