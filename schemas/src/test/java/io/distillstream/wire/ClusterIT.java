package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real broker with a real registry. */
class ClusterIT {

  private static final Pipeline PIPELINE = new Pipeline("wire-test");

  @TempDir static Path folder;

  private static EmbeddedCluster embedded;
  private static ClusterConnection cluster;
  private static WireFormat wire;

  @BeforeAll
  static void start() {
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
    cluster = new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    wire = new WireFormat(embedded.registryUrl());
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, PIPELINE);
    }
  }

  @AfterAll
  static void stop() {
    wire.close();
    embedded.close();
  }

  @Test
  void shouldInstallTwiceAsOnce() throws Exception {
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, PIPELINE);
      ConfigResource updates =
          new ConfigResource(ConfigResource.Type.TOPIC, Topics.MODEL_UPDATES.in(PIPELINE));
      Config config =
          Objects.requireNonNull(admin.describeConfigs(List.of(updates)).all().get().get(updates));
      assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
      assertThat(admin.listTopics().names().get())
          .contains(PIPELINE.deadLetters(), Topics.REQUESTS.in(PIPELINE));
    }
  }

  @Test
  void shouldKeepTheBytesAndTheOriginOfDeadLetters() throws Exception {
    byte[] poison = {9, 9, 9};
    ConsumerRecord<String, byte[]> record =
        new ConsumerRecord<>("wire-test.requests", 3, 42, "key", poison);
    TopicPartition partition = new TopicPartition(PIPELINE.deadLetters(), 0);
    try (Producer<String, byte[]> producer = new KafkaProducer<>(cluster.producerProperties())) {
      producer.send(DeadLetters.of(PIPELINE, record, "no record")).get();
    }
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      consumer.assign(List.of(partition));
      ConsumerRecord<String, byte[]> letter =
          consumer.poll(Duration.ofSeconds(10)).iterator().next();
      assertThat(letter.value()).isEqualTo(poison);
      assertThat(header(letter, DeadLetters.ERROR)).isEqualTo("no record");
      assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("wire-test.requests");
      assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo("3");
      assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("42");
    }
  }

  private static String header(ConsumerRecord<String, byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
