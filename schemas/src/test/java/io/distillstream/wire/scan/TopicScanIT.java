package io.distillstream.wire.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.embedded.broker.EmbeddedBroker;
import io.distillstream.wire.ClusterConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicScanIT {
  @TempDir static Path folder;

  private static EmbeddedBroker broker;
  private static ClusterConnection cluster;
  private static Admin admin;

  @BeforeAll
  static void start() {
    broker = new EmbeddedBroker(new BrokerSettings(folder, 0));
    cluster = new ClusterConnection(broker.bootstrapServers(), "unused");
    admin = Admin.create(cluster.adminProperties());
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void shouldReadAllPartitionsPastControlRecords() throws Exception {
    create("whole", 3);
    for (int i = 0; i < 3; i++) {
      transact("whole", i, true, "a" + i, "b" + i);
      transact("whole", i, false, "aborted" + i);
    }

    assertThat(read(new TopicScan(cluster), "whole"))
        .containsExactlyInAnyOrder("a0", "b0", "a1", "b1", "a2", "b2");
  }

  @Test
  void shouldReadAnEmptyTopic() throws Exception {
    create("empty", 2);

    assertThat(read(new TopicScan(cluster), "empty")).isEmpty();
  }

  @Test
  void shouldReadTheLastOffsetsOfEachPartition() throws Exception {
    create("last", 2);
    transact("last", 0, true, "a", "b", "c");
    transact("last", 1, true, "d");

    try (TopicScan scan = new TopicScan(cluster)) {
      // The commit takes an offset of its own.
      assertThat(keys(scan, scan.last("last", 2))).containsExactlyInAnyOrder("c", "d");
    }
  }

  @Test
  void shouldReadFromOneOffsetUpToAnother() throws Exception {
    create("range", 1);
    transact("range", 0, true, "a", "b", "c", "d");
    TopicPartition partition = new TopicPartition("range", 0);

    try (TopicScan scan = new TopicScan(cluster)) {
      assertThat(keys(scan, List.of(new Stretch(partition, 1, 3)))).containsExactly("b", "c");
      assertThat(keys(scan, List.of(new Stretch(partition, 3, 3)))).isEmpty();
      assertThat(keys(scan, List.of(new Stretch(partition, 0, 1)))).containsExactly("a");
    }
  }

  @Test
  void shouldReadAPartitionBackwardsStretchByStretch() throws Exception {
    create("backwards", 1);
    transact("backwards", 0, true, "a", "b", "c", "d");
    TopicPartition partition = new TopicPartition("backwards", 0);

    try (TopicScan scan =
        new TopicScan(new KafkaConsumer<>(cluster.readerProperties()), Duration.ofSeconds(5))) {
      assertThat(keys(scan, List.of(new Stretch(partition, 2, 5)))).containsExactly("c", "d");
      assertThat(keys(scan, List.of(new Stretch(partition, 0, 2)))).containsExactly("a", "b");
    }
  }

  @Test
  void shouldEndBeforeATransactionThatIsOpen() throws Exception {
    create("open", 1);
    transact("open", 0, true, "committed");
    try (Producer<String, byte[]> producer = producer("left-open")) {
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("open", 0, "pending", new byte[0]));
      producer.flush();

      assertThat(read(new TopicScan(cluster), "open")).containsExactly("committed");
      TopicPartition partition = new TopicPartition("open", 0);
      try (TopicScan scan =
          new TopicScan(new KafkaConsumer<>(cluster.readerProperties()), Duration.ofSeconds(4))) {
        assertThatThrownBy(() -> keys(scan, List.of(new Stretch(partition, 0, 3))))
            .isInstanceOfSatisfying(
                StalledScanException.class,
                e -> {
                  assertThat(e.partition()).isEqualTo(partition);
                  assertThat(e.position()).isEqualTo(2);
                });
      }
      producer.abortTransaction();
    }
  }

  private static void create(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  private static Producer<String, byte[]> producer(String id) {
    Producer<String, byte[]> producer =
        new KafkaProducer<>(cluster.transactionalProducerProperties(id));
    producer.initTransactions();
    return producer;
  }

  private static void transact(String topic, int partition, boolean commit, String... keys) {
    try (Producer<String, byte[]> producer = producer("writer")) {
      producer.beginTransaction();
      for (String key : keys) {
        producer.send(new ProducerRecord<>(topic, partition, key, new byte[0]));
      }
      producer.flush();
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
    // A commit is confirmed before readers see it; the next to begin waits until they do.
    producer("writer").close();
  }

  private static List<String> read(TopicScan opened, String topic) {
    try (TopicScan scan = opened) {
      return keys(scan, scan.whole(topic));
    }
  }

  private static List<String> keys(TopicScan scan, Collection<Stretch> stretches) {
    List<String> keys = new ArrayList<>();
    scan.read(stretches, record -> keys.add(record.key()));
    return keys;
  }
}
