package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.blob.DamagedBlobException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
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
  private static final int SIZE = 3 * BlobWriter.CHUNK_BYTES + 12_345;

  @TempDir static Path folder;

  private static EmbeddedCluster embedded;
  private static ClusterConnection cluster;
  private static WireFormat wire;
  private static Codec<BlobChunk> chunks;

  @BeforeAll
  static void start() {
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
    cluster = new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    wire = new WireFormat(embedded.registryUrl());
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, PIPELINE);
    }
    chunks = wire.codec(Topics.MODEL_BLOBS, PIPELINE);
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
  void shouldFetchWhatWasCommittedAndNothingElse() throws Exception {
    byte[] blob = random(1);
    try (Producer<String, byte[]> producer = transactional("blobs")) {
      BlobWriter writer = new BlobWriter(producer, chunks);
      producer.beginTransaction();
      BlobRef aborted = writer.write("same-id", random(2));
      producer.abortTransaction();
      producer.beginTransaction();
      BlobRef committed = writer.write("same-id", blob);
      producer.commitTransaction();

      Path target = folder.resolve("fetched");
      BlobReader reader = new BlobReader(cluster, chunks, Duration.ofSeconds(3));
      reader.fetch(committed, target);
      assertThat(Files.readAllBytes(target)).isEqualTo(blob);
      // Its own chunks are invisible; the committed ones that follow are another blob's bytes.
      assertThatThrownBy(() -> reader.fetch(aborted, folder.resolve("aborted")))
          .isInstanceOf(DamagedBlobException.class)
          .hasMessageContaining("SHA-256");
      assertThat(folder.resolve("aborted")).doesNotExist();
      assertThat(folder.resolve("aborted.part")).doesNotExist();
    }
  }

  @Test
  void shouldSayWhichChunkIsMissing() throws Exception {
    try (Producer<String, byte[]> producer = transactional("missing")) {
      producer.beginTransaction();
      BlobRef blob = new BlobWriter(producer, chunks).write("short", new byte[] {1, 2, 3});
      producer.commitTransaction();
      BlobRef longer =
          new BlobRef("short", 3L, blob.getSha256(), 2, blob.getPartition(), blob.getFirstOffset());
      BlobReader reader = new BlobReader(cluster, chunks, Duration.ofMillis(500));
      assertThatThrownBy(() -> reader.fetch(longer, folder.resolve("longer")))
          .hasMessageContaining("found chunk 0 of 1, expected 0 of 2");
      BlobRef elsewhere =
          new BlobRef("gone", 3L, blob.getSha256(), 1, blob.getPartition(), blob.getFirstOffset());
      assertThatThrownBy(() -> reader.fetch(elsewhere, folder.resolve("gone")))
          .hasMessageContaining("chunk 0 of 1 is not in");
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

  private static Producer<String, byte[]> transactional(String id) {
    Producer<String, byte[]> producer =
        new KafkaProducer<>(cluster.transactionalProducerProperties(id));
    producer.initTransactions();
    return producer;
  }

  private static byte[] random(long seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
