package io.distillstream.embedded.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted topic that the registry's state lives in. Changes are written to it and applied to
 * the state only when they have been read back, by one thread, in the topic's order. Meant for one
 * registry per topic. Thread-safe.
 */
final class RegistryLog implements AutoCloseable {

  static final String TOPIC = "_schemas";

  private static final Logger log = LoggerFactory.getLogger(RegistryLog.class);
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  /** How long a change may take to be in the topic and applied. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final RegistryState state;
  private final Producer<byte[], byte[]> producer;
  private final Consumer<byte[], byte[]> consumer;
  private final Thread reader;
  private final Object progress = new Object();
  private long appliedOffset = -1;
  private @Nullable Throwable failure;
  private volatile boolean closing;

  /** Creates the topic when absent, and returns when all it holds has been applied. */
  RegistryLog(String bootstrapServers, RegistryState state) {
    this.state = state;
    createTopic(bootstrapServers);
    producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis(),
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis() / 2,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                4L << 20,
                ProducerConfig.CLIENT_ID_CONFIG,
                "schema-registry"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "schema-registry"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(List.of(PARTITION));
    consumer.seekToBeginning(List.of(PARTITION));
    reader = new Thread(this::readUntilClosed, "schema-registry-reader");
    reader.setDaemon(true);
    reader.start();
    try {
      append(new RegistryChange.Barrier());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Writes a change and returns when it is in the topic and applied.
   *
   * @throws RegistryException if that can't be confirmed; the change may still come to be applied
   */
  void append(RegistryChange change) {
    long offset;
    try {
      offset =
          producer
              .send(new ProducerRecord<>(TOPIC, change.keyBytes(), change.valueBytes()))
              .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .offset();
      awaitApplied(offset);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw RegistryException.store("a change could not be written", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryException.store("interrupted while writing", e);
    }
  }

  private void awaitApplied(long offset) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    synchronized (progress) {
      while (appliedOffset < offset) {
        if (failure != null) {
          throw RegistryException.store("the topic can't be read", failure);
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new TimeoutException("Offset " + offset + " was not read back within " + TIMEOUT);
        }
        progress.wait(left);
      }
    }
  }

  private void readUntilClosed() {
    try (consumer) {
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          apply(record);
          synchronized (progress) {
            appliedOffset = record.offset();
            progress.notifyAll();
          }
        }
      }
    } catch (WakeupException wakeup) {
      if (!closing) {
        throw wakeup;
      }
    } catch (RuntimeException e) {
      log.error("The schema registry can't read {} any more", PARTITION, e);
      synchronized (progress) {
        failure = e;
        progress.notifyAll();
      }
    }
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    try {
      RegistryChange.read(record.key(), record.value()).applyTo(state);
    } catch (IOException e) {
      log.warn("Skipping a record of {} at offset {}", PARTITION, record.offset(), e);
    }
  }

  private static void createTopic(String bootstrapServers) {
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
      NewTopic topic =
          new NewTopic(TOPIC, Optional.of(1), Optional.empty())
              .configs(
                  Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
      try {
        get(admin.createTopics(Set.of(topic)).all());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
        requireCompacted(admin);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw RegistryException.store("topic " + TOPIC + " could not be set up", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryException.store("interrupted while setting up topic " + TOPIC, e);
    }
  }

  /** With any other policy old schemas would vanish, and with them the meaning of old records. */
  private static void requireCompacted(Admin admin)
      throws ExecutionException, TimeoutException, InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
    Map<ConfigResource, Config> configs = get(admin.describeConfigs(Set.of(topic)).all());
    String policy =
        configs.values().iterator().next().get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw RegistryException.store(
          "topic " + TOPIC + " must have cleanup.policy=compact, has " + policy, null);
    }
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the reading thread and the clients. Idempotent. */
  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    producer.close(Duration.ofSeconds(5));
    try {
      reader.join(TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
