package io.distillstream.teacher.traffic;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.TransactionalIds;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The labelling stage's Kafka clients. Whoever asks for one owns it. */
final class TeacherClients {

  /** A further group begins with what came so long before its first start. */
  private static final Duration LOOKS_BACK = Duration.ofMinutes(10);

  private final ServiceContext context;
  private final String group;

  /**
   * @param group of the teachers that share the requests
   */
  TeacherClients(ServiceContext context, String group) {
    this.context = context;
    this.group = group;
  }

  Producer<String, byte[]> transactionalProducer() {
    Map<String, Object> properties = context.cluster().transactionalProducerProperties(identity());
    // Somebody waits for the answer; a cluster that is away for longer is asked again.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    // A window is sent as a whole and committed at once: there is nothing to linger for.
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaProducer<>(properties);
  }

  Producer<String, byte[]> groundTruthProducer() {
    Map<String, Object> properties = context.cluster().producerProperties();
    // Somebody waits for the answer.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(properties);
  }

  /**
   * Reads the request log as a member of the stage's group.
   *
   * @param most records of one poll
   */
  Consumer<String, byte[]> consumer(int most) {
    Map<String, Object> properties =
        context.cluster().consumerProperties(ConsumerGroups.teacher(context.pipeline(), group));
    // After a crash the same instance gets its partitions back without waiting for a time-out.
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, identity());
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, most);
    if (!group.isEmpty()) {
      // What was joined long ago would be joined once more, with the newcomer's opinion alone.
      properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "by_duration:" + LOOKS_BACK);
    }
    return new KafkaConsumer<>(properties);
  }

  private String identity() {
    return TransactionalIds.teacher(context.pipeline(), group, context.instance());
  }
}
