package io.distillstream.wire;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates a pipeline's topics with their partitions, retention and cleanup, and registers their
 * schemas. What already exists is left as it is, so every service may call this at its start. A
 * login that may see some of the topics alone needs no other: those that the brokers hide from it,
 * with their schemas, are an administrator's business.
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
   * @return the topics that this login may not see, of which it is not known whether they exist
   * @throws ClusterUnavailableException if the brokers do not answer in time or refuse
   * @throws RegistryUnavailableException if the registry cannot be reached
   * @throws IncompatibleSchemaException if the registry refuses a schema
   */
  public static SortedSet<String> install(Admin admin, WireFormat wire, Pipeline pipeline) {
    Map<String, NewTopic> topics = topics(pipeline);
    SortedSet<String> hidden = new TreeSet<>();
    List<NewTopic> missing = new ArrayList<>();
    admin
        .describeTopics(topics.keySet())
        .topicNameValues()
        .forEach(
            (name, described) -> {
              switch (look(name, described)) {
                case THERE -> {}
                case MISSING -> missing.add(requireNonNull(topics.get(name)));
                case HIDDEN -> hidden.add(name);
              }
            });
    for (Map.Entry<String, KafkaFuture<Void>> created :
        admin.createTopics(missing).values().entrySet()) {
      awaitCreated(created.getKey(), created.getValue());
    }
    for (Topic<?> topic : Topics.all()) {
      if (!hidden.contains(topic.in(pipeline))) {
        wire.register(topic, pipeline);
      }
    }
    return hidden;
  }

  private static Map<String, NewTopic> topics(Pipeline pipeline) {
    Map<String, NewTopic> topics = new HashMap<>();
    for (Topic<?> topic : Topics.all()) {
      topics.put(
          topic.in(pipeline),
          new NewTopic(topic.in(pipeline), topic.partitions(), (short) -1)
              .configs(topic.configuration()));
    }
    topics.put(
        pipeline.deadLetters(),
        new NewTopic(pipeline.deadLetters(), 1, (short) -1)
            .configs(
                Map.of(
                    "retention.ms",
                    Long.toString(DEAD_LETTER_RETENTION.toMillis()),
                    "max.message.bytes",
                    Integer.toString(DEAD_LETTER_BYTES))));
    return topics;
  }

  private enum Look {
    THERE,
    MISSING,
    HIDDEN
  }

  private static Look look(String topic, KafkaFuture<TopicDescription> described) {
    try {
      await("look at", topic, described);
      return Look.THERE;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Look.MISSING;
      }
      if (e.getCause() instanceof TopicAuthorizationException) {
        return Look.HIDDEN;
      }
      throw new ClusterUnavailableException("Cannot look at topic " + topic, e.getCause());
    }
  }

  private static void awaitCreated(String topic, KafkaFuture<Void> created) {
    try {
      await("create", topic, created);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        throw new ClusterUnavailableException(
            ("Topic %s is missing, and this login may not create it (CREATE on topic %s): an"
                    + " administrator's './distillstream topics create' does")
                .formatted(topic, topic),
            null);
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new ClusterUnavailableException("Cannot create topic " + topic, e.getCause());
      }
    }
  }

  private static void await(String action, String topic, KafkaFuture<?> answer)
      throws ExecutionException {
    String what = "Cannot " + action + " topic " + topic;
    try {
      answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(what + " within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterUnavailableException(what + ": interrupted", e);
    }
  }
}
