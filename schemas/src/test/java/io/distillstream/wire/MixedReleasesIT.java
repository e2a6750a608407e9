package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** This release beside one with the first schemas, on one broker with one registry. */
@Timeout(60)
class MixedReleasesIT {

  private static final Pipeline PIPELINE = new Pipeline("mixed-it");

  @TempDir static Path folder;

  private static EmbeddedCluster embedded;
  private static ClusterConnection cluster;
  private static WireFormat wire;

  @BeforeAll
  static void start() {
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
    cluster = new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    wire = new WireFormat(embedded.registryUrl());
  }

  @AfterAll
  static void stop() {
    wire.close();
    embedded.close();
  }

  /** Without checkpoints, whose first golden record has digests that a codec's checks refuse. */
  static List<Topic<?>> changedTopics() {
    return Topics.all().stream()
        .filter(topic -> GoldenRecord.of(topic).size() > 1 && !topic.equals(Topics.CHECKPOINTS))
        .toList();
  }

  /** The earlier release runs, this one takes over, the earlier one takes over again. */
  @ParameterizedTest
  @MethodSource("changedTopics")
  <T extends SpecificRecord> void shouldReadEachOthersRecords(Topic<T> topic) throws Exception {
    T today = GoldenRecord.newest(topic).read(topic.type());
    try (EarlierRelease earlier = new EarlierRelease(topic, PIPELINE, embedded.registryUrl());
        Admin admin = Admin.create(cluster.adminProperties())) {
      admin.createTopics(List.of(new NewTopic(topic.in(PIPELINE), 1, (short) 1))).all().get();
      int id = earlier.register();
      send(topic, earlier.encoded());
      wire.register(topic, PIPELINE);
      Codec<T> codec = wire.codec(topic, PIPELINE);
      send(topic, codec.encode(today));
      assertThat(earlier.register()).as("id of the earlier schema").isEqualTo(id);
      send(topic, earlier.encoded());

      List<byte[]> values = read(topic, 3);

      assertThat(codec.decode(values.get(0)))
          .isEqualTo(GoldenRecord.of(topic).get(0).read(topic.type()));
      assertThat(codec.decode(values.get(1))).isEqualTo(today);
      assertThat(codec.decode(values.get(2))).isEqualTo(codec.decode(values.get(0)));
      assertThat(earlier.decode(values.get(0))).isEqualTo(earlier.record());
      // What both know of a record that was written today.
      assertThat(earlier.decode(values.get(1)).get(0)).hasToString(today.get(0).toString());
    }
  }

  private static void send(Topic<?> topic, byte[] value) throws Exception {
    try (Producer<String, byte[]> producer = new KafkaProducer<>(cluster.producerProperties())) {
      producer.send(new ProducerRecord<>(topic.in(PIPELINE), "key", value)).get();
    }
  }

  private static List<byte[]> read(Topic<?> topic, int count) {
    List<byte[]> values = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      TopicPartition partition = new TopicPartition(topic.in(PIPELINE), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (values.size() < count) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
