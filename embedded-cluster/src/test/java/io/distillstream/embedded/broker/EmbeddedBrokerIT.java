package io.distillstream.embedded.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.foundation.PortInUseException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

  private static final String TOPIC = "letters";

  @TempDir private Path folder;

  @TempDir private Path output;

  @Test
  void shouldServeTransactionsAndKeepTheirRecordsOverARestart() throws Exception {
    String firstAddress;
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      broker.awaitReady(Duration.ofSeconds(10));
      firstAddress = broker.bootstrapServers();
      createTopic(firstAddress);
      produce(firstAddress, List.of("aborted"), false);
      produce(firstAddress, List.of("a", "b"), true);
      assertCommitted(firstAddress, "a", "b");
    }

    try (ServerSocket occupied = occupy(portOf(firstAddress));
        EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      assertThat(broker.port()).isNotEqualTo(occupied.getLocalPort());
      produce(broker.bootstrapServers(), List.of("c"), true);
      assertCommitted(broker.bootstrapServers(), "a", "b", "c");
    }
  }

  @Test
  void shouldComeBackAfterItsProcessWasKilled() throws Exception {
    try (ChildJvm doomed = BrokerProcess.start(folder, output)) {
      String address = BrokerProcess.answer(doomed);
      createTopic(address);
      produce(address, List.of("a"), true);
      doomed.kill();
    }

    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      produce(broker.bootstrapServers(), List.of("b"), true);
      assertCommitted(broker.bootstrapServers(), "a", "b");
      assertThat(broker.failure()).isEmpty();
    }
  }

  @Test
  void shouldComeBackAfterItHasFailed() throws Exception {
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      createTopic(broker.bootstrapServers());
      produce(broker.bootstrapServers(), List.of("a"), true);
      // What Kafka does where its disk fails.
      assertThatThrownBy(() -> Exit.halt(1, "no disk")).isInstanceOf(BrokerFailedException.class);
      assertThat(broker.failure()).isPresent();
    }

    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      produce(broker.bootstrapServers(), List.of("b"), true);
      assertCommitted(broker.bootstrapServers(), "a", "b");
    }
  }

  /** As a machine that sleeps, or is overloaded. */
  @Test
  void shouldKeepItsTopicsWhileItsProcessStandsStill() throws Exception {
    try (ChildJvm process = BrokerProcess.start(folder, output)) {
      String address = BrokerProcess.answer(process);
      createTopic(address);
      try (KafkaProducer<String, String> cutShort =
          producer(address, Map.of("transactional.id", "slow", "transaction.timeout.ms", 2_000))) {
        cutShort.initTransactions();
        cutShort.beginTransaction();
        cutShort.send(new ProducerRecord<>(TOPIC, "expired")).get(20, TimeUnit.SECONDS);

        process.pause(Duration.ofSeconds(12));

        produce(address, List.of("a"), true);
        assertCommitted(address, "a");
        assertThat(leaderEpoch(address)).as("times that the topic changed its leader").isZero();
      }
    }
  }

  @Test
  void shouldRefuseAFolderInUse() throws Exception {
    try (EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0))) {
      assertThatThrownBy(() -> new EmbeddedBroker(new BrokerSettings(folder, 0)))
          .isInstanceOf(DataFolderInUseException.class)
          .hasMessageContaining(folder.toString());
      try (ChildJvm other = BrokerProcess.start(folder, output)) {
        assertThat(BrokerProcess.answer(other)).contains(folder.toString(), "in use");
      }
      broker.awaitReady(Duration.ofSeconds(10));
    }
  }

  @Test
  void shouldRefuseAPortInUseAndLeaveTheFolderFree() throws Exception {
    try (ServerSocket occupied = occupy(0)) {
      int port = occupied.getLocalPort();
      assertThatThrownBy(() -> new EmbeddedBroker(new BrokerSettings(folder, port)))
          .isInstanceOfSatisfying(
              PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port))
          .hasMessageContaining("0 for any free port");
    }
    try (DataFolderLock lock = DataFolderLock.claim(folder)) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void shouldListenWhereItWasToldAndNotCreateTopicsUnasked() throws Exception {
    int port;
    try (ServerSocket free = occupy(0)) {
      port = free.getLocalPort();
    }
    try (EmbeddedBroker broker =
        new EmbeddedBroker(new BrokerSettings(folder, port, Map.of("message.max.bytes", "2000")))) {
      assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
      createTopic(broker.bootstrapServers());
      assertThatThrownBy(() -> produce(broker.bootstrapServers(), List.of("x".repeat(3_000)), true))
          .hasMessageContaining("larger than the max message size");
      try (Admin admin = admin(broker.bootstrapServers())) {
        assertThatThrownBy(
                () ->
                    admin
                        .describeTopics(List.of("unasked"))
                        .allTopicNames()
                        .get(10, TimeUnit.SECONDS))
            .hasMessageContaining("UnknownTopicOrPartition");
      }
    }
  }

  @Test
  void shouldCloseTwice() {
    EmbeddedBroker broker = new EmbeddedBroker(new BrokerSettings(folder, 0));
    broker.close();
    broker.close();
    assertThat(broker.failure()).isEmpty();
  }

  @Test
  void shouldSayWhenItDoesNotStart() {
    assertThatThrownBy(
            () ->
                new EmbeddedBroker(
                    new BrokerSettings(folder, 0, Map.of("num.io.threads", "minus one"))))
        .isInstanceOf(BrokerFailedException.class)
        .hasStackTraceContaining("num.io.threads");
  }

  private static ServerSocket occupy(int port) throws Exception {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  private static Admin admin(String bootstrapServers) {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers));
  }

  private static void createTopic(String bootstrapServers) throws Exception {
    try (Admin admin = admin(bootstrapServers)) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  private static void produce(String bootstrapServers, List<String> values, boolean commit)
      throws Exception {
    try (KafkaProducer<String, String> producer =
        producer(bootstrapServers, Map.of("transactional.id", "letter-writer"))) {
      producer.initTransactions();
      producer.beginTransaction();
      for (String value : values) {
        producer.send(new ProducerRecord<>(TOPIC, value)).get(20, TimeUnit.SECONDS);
      }
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  private static KafkaProducer<String, String> producer(
      String bootstrapServers, Map<String, Object> settings) {
    Map<String, Object> properties = new HashMap<>(settings);
    properties.put("bootstrap.servers", bootstrapServers);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  /** Under which the newest record was written. */
  private static int leaderEpoch(String bootstrapServers) throws Exception {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    try (Admin admin = admin(bootstrapServers)) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
          .partitionResult(partition)
          .get(20, TimeUnit.SECONDS)
          .leaderEpoch()
          .orElseThrow();
    }
  }

  /** A commit is acknowledged before its marker is written; until then readers see less. */
  private static void assertCommitted(String bootstrapServers, String... values) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(committed(bootstrapServers)).containsExactly(values));
  }

  /** All committed values, in order. */
  private static List<String> committed(String bootstrapServers) {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (consumer.position(partition) < end && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }
}
