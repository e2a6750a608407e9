package io.distillstream.lag;

import static java.util.Objects.requireNonNull;

import io.distillstream.embedded.EmbeddedCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** One test's topics on a real broker, and a meter of the groups whose names begin alike. */
final class MeasuredCluster implements AutoCloseable {

  final SettableClock clock = new SettableClock(Instant.now());
  final LagMeter meter;
  private final Map<String, Object> client;
  private final String name;
  private final Admin admin;
  private final List<Runnable> closing = new ArrayList<>();

  /** Whether a transaction is committed, aborted or left open. */
  enum Outcome {
    COMMITTED,
    ABORTED,
    OPEN
  }

  /** Reads up to this gap however slow the machine is. */
  static LagBounds patient(int exactUpTo) {
    return new LagBounds(exactUpTo, 16L << 20, Duration.ofSeconds(30));
  }

  /** One that nobody has ended yet. */
  interface OpenTransaction {

    /** Returns when readers see its end. */
    void end(Outcome outcome);
  }

  MeasuredCluster(EmbeddedCluster cluster, String name, LagBounds bounds) {
    this.name = name;
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers());
    admin = Admin.create(client);
    closing.add(admin::close);
    meter =
        LagMeter.connect(
            client,
            new GroupSelection() {
              @Override
              public boolean includes(String group) {
                return group.startsWith(name);
              }

              @Override
              public Map<String, Set<String>> inputs(Collection<String> existing) {
                return Map.of(name + "-expected", Set.of(name + "-expected"));
              }

              @Override
              public Set<String> topics() {
                return Set.of(name + "-unread");
              }
            },
            bounds,
            clock);
    closing.add(meter::close);
  }

  /** Creates a topic; returns its first partition. */
  TopicPartition topic(String suffix, int partitions, Map<String, String> config) {
    String topic = name + "-" + suffix;
    await(
        admin
            .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
            .all());
    return new TopicPartition(topic, 0);
  }

  TopicPartition topic(String suffix) {
    return topic(suffix, 1, Map.of());
  }

  /** Appends records of this age. */
  void append(TopicPartition partition, int records, int secondsOld) {
    try (Producer<String, String> producer = new KafkaProducer<>(producerProperties())) {
      send(producer, partition, records, secondsOld);
    }
  }

  /** Appends records in a transaction. */
  void append(TopicPartition partition, int records, Outcome outcome) {
    OpenTransaction transaction = appendOpen(partition, records);
    if (outcome != Outcome.OPEN) {
      transaction.end(outcome);
    }
  }

  /** Appends records in a transaction that is left open. */
  OpenTransaction appendOpen(TopicPartition partition, int records) {
    String id = name + "-" + closing.size();
    Producer<String, String> producer = transactional(id);
    producer.beginTransaction();
    send(producer, partition, records, 0);
    return outcome -> {
      if (outcome == Outcome.COMMITTED) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
      // Its end is confirmed before readers see it; the next to begin waits until they do.
      transactional(id);
    };
  }

  private Producer<String, String> transactional(String id) {
    Map<String, Object> properties = producerProperties();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    Producer<String, String> producer = new KafkaProducer<>(properties);
    closing.add(producer::close);
    producer.initTransactions();
    return producer;
  }

  private void send(
      Producer<String, String> producer, TopicPartition at, int records, int secondsOld) {
    long timestamp = clock.instant().minusSeconds(secondsOld).toEpochMilli();
    for (int i = 0; i < records; i++) {
      producer.send(new ProducerRecord<>(at.topic(), at.partition(), timestamp, "key", "value"));
    }
    producer.flush();
  }

  private Map<String, Object> producerProperties() {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    return properties;
  }

  /**
   * Commits as a group that nobody is in. Its coordinator may hear of a topic that has just been
   * created a moment later.
   */
  void commit(String group, TopicPartition partition, long offset) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        Map.of(partition, new OffsetAndMetadata(offset));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
        .untilAsserted(() -> await(admin.alterConsumerGroupOffsets(id(group), offsets).all()));
  }

  void deleteRecords(TopicPartition partition, long before) {
    await(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before))).all());
  }

  void deleteGroup(String group) {
    await(admin.deleteConsumerGroups(List.of(id(group))).all());
  }

  /** A member of a group that has joined once it was polled; it commits when it is told to. */
  Consumer<String, String> member(String group, String protocol, String topic) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, id(group));
    properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, id(group) + "-" + closing.size());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    Consumer<String, String> consumer = new KafkaConsumer<>(properties);
    consumer.subscribe(List.of(topic));
    closing.add(consumer::close);
    return consumer;
  }

  /** What a group would get if it went on now; it does not. */
  Lag unread(String group, TopicPartition partition) {
    long committed =
        requireNonNull(
                await(admin.listConsumerGroupOffsets(id(group)).partitionsToOffsetAndMetadata())
                    .get(partition))
            .offset();
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    try (Consumer<String, String> consumer = new KafkaConsumer<>(properties)) {
      consumer.assign(List.of(partition));
      long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      consumer.seek(partition, committed);
      List<Long> timestamps = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> timestamps.add(record.timestamp()));
      }
      double seconds = timestamps.isEmpty() ? 0 : (clock.millis() - timestamps.get(0)) / 1000.0;
      return new Lag(timestamps.size(), seconds, true, 0);
    }
  }

  /** A group's id as brokers know it. */
  String id(String group) {
    return name + "-" + group;
  }

  /** The lag of a group of this test; empty where it is not there. */
  Optional<GroupLag> find(String group) {
    return meter.measure().groups().stream()
        .filter(candidate -> candidate.group().equals(id(group)))
        .findFirst();
  }

  Lag lag(String group) {
    return find(group).orElseThrow().lag();
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    for (int i = closing.size() - 1; i >= 0; i--) {
      closing.get(i).run();
    }
  }
}
