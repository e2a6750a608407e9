package io.distillstream.wire.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Outages;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs on a real broker: whole, aborted, incomplete, held back, and while nobody answers. */
class BlobReaderIT {
  private static final Pipeline PIPELINE = new Pipeline("blob-test");
  private static final int SIZE = 3 * BlobWriter.CHUNK_BYTES + 12_345;

  @TempDir Path folder;

  private EmbeddedCluster embedded;
  private ClusterConnection cluster;
  private WireFormat wire;
  private Codec<BlobChunk> chunks;
  private BlobReader reader;
  private Path target;

  @BeforeEach
  void start() {
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
    cluster = new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    wire = new WireFormat(cluster);
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, PIPELINE);
    }
    chunks = wire.codec(Topics.MODEL_BLOBS, PIPELINE);
    reader = new BlobReader(cluster, chunks, Duration.ofMillis(500));
    target = folder.resolve("fetched");
  }

  @AfterEach
  void stop() {
    wire.close();
    embedded.close();
  }

  @Test
  void shouldFetchWhatWasCommittedAndNothingElse() throws Exception {
    byte[] blob = random(1);
    try (Producer<String, byte[]> producer = transactional()) {
      BlobWriter writer = new BlobWriter(producer, chunks);
      producer.beginTransaction();
      BlobRef aborted = writer.write("same-id", random(2));
      producer.abortTransaction();
      producer.beginTransaction();
      BlobRef committed = writer.write("same-id", blob);
      producer.commitTransaction();

      reader.fetch(committed, target);
      assertThat(Files.readAllBytes(target)).isEqualTo(blob);
      assertThatThrownBy(() -> reader.fetch(aborted, folder.resolve("aborted")))
          .isInstanceOf(DamagedBlobException.class)
          .hasMessageContaining("offset %d is gone".formatted(aborted.getFirstOffset()));
      assertThat(folder.resolve("aborted")).doesNotExist();
      assertThat(folder.resolve("aborted.part")).doesNotExist();
    }
  }

  @Test
  void shouldSayWhatIsWrongWithABlob() throws Exception {
    BlobRef blob = write("short", new byte[] {1, 2, 3});
    String sha256 = blob.getSha256();
    assertThatThrownBy(() -> reader.fetch(like(blob, "short", sha256, 2), target))
        .isInstanceOf(DamagedBlobException.class)
        .hasMessageContaining("found chunk 0 of 1, expected 0 of 2");
    assertThatThrownBy(() -> reader.fetch(like(blob, "another", sha256, 1), target))
        .isInstanceOf(DamagedBlobException.class)
        .hasMessageContaining("chunk 0 of 1 is not in");
    assertThatThrownBy(() -> reader.fetch(like(blob, "short", "0".repeat(64), 1), target))
        .isInstanceOf(DamagedBlobException.class)
        .hasMessageContaining("SHA-256");
    assertThat(target).doesNotExist();
  }

  @Test
  void shouldNotTakeAnOutageForDamage() throws Exception {
    byte[] blob = random(3);
    BlobRef written = write("kept", blob);
    BrokerSettings same = new BrokerSettings(folder.resolve("kafka"), embedded.broker().port());
    int registryPort = embedded.registry().port();

    embedded.close();
    BlobReader hasty =
        new BlobReader(
            new ClusterConnection(
                cluster.bootstrapServers(),
                cluster.registryUrl(),
                Map.of(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "2000"),
                Map.of()),
            chunks,
            Duration.ofMillis(500));
    assertThatThrownBy(() -> hasty.fetch(written, target)).matches(Outages::explain);
    assertThat(target).doesNotExist();

    embedded = EmbeddedCluster.start(same, registryPort);
    reader.fetch(written, target);
    assertThat(Files.readAllBytes(target)).isEqualTo(blob);
  }

  @Test
  void shouldNotTakeChunksForLostThatAnOpenTransactionHoldsBack() throws Exception {
    byte[] blob = random(4);
    try (Producer<String, byte[]> open = transactional("open")) {
      open.beginTransaction();
      BlobRef unfinished = new BlobWriter(open, chunks).write("unfinished", new byte[] {1});
      BlobRef behind = write("behind", blob);
      assertThat(behind.getPartition()).isEqualTo(unfinished.getPartition());

      assertThatThrownBy(() -> reader.fetch(behind, target))
          .matches(Outages::explain)
          .hasMessageContaining("an open transaction holds back");
      assertThat(target).doesNotExist();

      open.abortTransaction();
      // Its end is in the log a moment later.
      Awaitility.await()
          .ignoreException(TimeoutException.class)
          .untilAsserted(() -> reader.fetch(behind, target));
      assertThat(Files.readAllBytes(target)).isEqualTo(blob);
    }
  }

  private BlobRef write(String id, byte[] bytes) {
    try (Producer<String, byte[]> producer = transactional()) {
      producer.beginTransaction();
      BlobRef blob = new BlobWriter(producer, chunks).write(id, bytes);
      producer.commitTransaction();
      return blob;
    }
  }

  /** A reference to the same place. */
  private static BlobRef like(BlobRef blob, String id, String sha256, int chunks) {
    return new BlobRef(
        id, blob.getSizeBytes(), sha256, chunks, blob.getPartition(), blob.getFirstOffset());
  }

  private Producer<String, byte[]> transactional() {
    return transactional("blobs");
  }

  private Producer<String, byte[]> transactional(String id) {
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
