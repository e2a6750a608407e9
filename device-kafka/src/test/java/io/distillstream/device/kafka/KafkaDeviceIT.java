package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.TestFolders;
import io.distillstream.device.TestModels;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.UpdatePublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From the topics to the answer, on a real broker and registry. */
@ExtendWith(SharedCluster.class)
class KafkaDeviceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir Path home;
  private final ClusterConnection connection;
  private WireFormat wire;
  private Pipeline pipeline;

  KafkaDeviceIT(EmbeddedCluster cluster) {
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  @BeforeEach
  void installPipeline() {
    wire = new WireFormat(connection);
    pipeline = new Pipeline("device-it-" + PIPELINES.incrementAndGet());
    try (Admin admin = Admin.create(connection.adminProperties())) {
      TopicInstaller.install(admin, wire, pipeline);
    }
  }

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  void shouldInstallWhatIsPublishedAndReportIt() throws Exception {
    try (DeviceClient device = start("d1")) {
      assertThat(device.predict("a dog")).isEmpty();

      publish(1);
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      Instant answersSince = Instant.now();

      assertThat(device.predict("a dog"))
          .hasValueSatisfying(
              answer -> {
                assertThat(answer.label()).isEqualTo(TestModels.label(1));
                assertThat(answer.version()).isEqualTo(1);
                assertThat(answer.probability()).isBetween(0.99, 1.0);
              });
      await().atMost(PATIENCE).until(() -> reports().size() == 1);
      DeviceReport report = reports().get(0);
      assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
      assertThat(report.getDeviceId()).isEqualTo("d1");
      assertThat(report.getEventTimes().getCounts()).containsExactly(1L);
      assertThat(report.getAt()).isBetween(answersSince.minusSeconds(20), answersSince);
    }
  }

  @Test
  void shouldTakeTheNewestOfManyAndCountTheRecordsOfAll() throws Exception {
    publish(1);
    publish(2);
    publish(3);

    try (DeviceClient device = start("d1")) {
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> !reports().isEmpty());
    }

    assertThat(reports()).hasSize(1);
    assertThat(reports().get(0).getVersion()).isEqualTo(3);
    assertThat(reports().get(0).getEventTimes().getCounts()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldAnswerOfflineAfterARestartAndReportNothingTwice() throws Exception {
    publish(4);
    try (DeviceClient device = start("d1")) {
      assertThat(device.awaitVersion(4, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports().size() == 1);
    }

    ClusterConnection nowhere = new ClusterConnection("127.0.0.1:1", "http://unused");
    try (DeviceClient offline = KafkaDevice.open(settings("d1"), nowhere, pipeline)) {
      assertThat(offline.predict("a dog")).map(DeviceAnswer::version).hasValue(4L);
    }
    try (DeviceClient again = start("d1")) {
      publish(5);
      assertThat(again.awaitVersion(5, PATIENCE)).isTrue();
      await().atMost(PATIENCE).until(() -> reports().size() == 2);
    }

    assertThat(reports()).extracting(DeviceReport::getVersion).containsExactly(4L, 5L);
    assertThat(reports().get(1).getEventTimes().getCounts()).containsExactly(5L);
  }

  @Test
  void shouldRefuseADamagedArtifactAndGoOnWithTheOldOne() throws Exception {
    publish(1);
    try (DeviceClient device = start("d1")) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();

      byte[] model = TestModels.model(2);
      byte[] damaged = model.clone();
      damaged[damaged.length / 2] ^= 1;
      publish(TestManifests.manifest(2, model, TestManifests.probe(2)), damaged);

      await().atMost(PATIENCE).until(() -> reports().size() == 2);
      DeviceReport report = reports().get(1);
      assertThat(report.getEvent()).isEqualTo(DeviceEvent.REJECTED);
      assertThat(report.getReason()).contains("SHA-256");
      assertThat(device.predict("a dog")).map(DeviceAnswer::version).hasValue(1L);

      publish(3);
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldSkipWhatIsNoManifest() throws Exception {
    try (Producer<String, byte[]> producer = new KafkaProducer<>(connection.producerProperties())) {
      String topic = Topics.MODEL_UPDATES.in(pipeline);
      byte[] poison = "not a record".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, "glosses/stable", poison)).get();
    }
    publish(1);

    try (DeviceClient device = start("d1")) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldSayHowManyAnswersItServed() throws Exception {
    publish(1);
    try (DeviceClient device = start("d1")) {
      assertThat(device.awaitVersion(1, PATIENCE)).isTrue();
      assertThat(device.predictAll(List.of("a dog", "bread"))).hasSize(2);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                List<StageReport> stages = read(Topics.STAGE_REPORTS);
                assertThat(stages).isNotEmpty();
                StageReport newest = stages.get(stages.size() - 1);
                assertThat(newest.getCounters()).containsEntry("answers_served", 2L);
                assertThat(newest.getGauges()).containsEntry("installed_version", 1.0);
              });
    }
  }

  private DeviceClient start(String id) throws IOException {
    TestFolders.ofOldDevice(home.resolve(id));
    DeviceClient device = KafkaDevice.open(settings(id), connection, pipeline);
    device.start();
    return device;
  }

  private DeviceSettings settings(String id) {
    return DeviceSettings.of(id, "glosses", "stable", home.resolve(id));
  }

  private void publish(long version) {
    publish(TestManifests.sound(version), TestModels.model(version));
  }

  private void publish(ModelUpdate manifest, byte[] bytes) {
    publisher().publish(manifest, bytes);
  }

  private UpdatePublisher publisher() {
    return new UpdatePublisher(connection, wire, pipeline);
  }

  private List<DeviceReport> reports() throws Exception {
    return read(Topics.DEVICE_REPORTS);
  }

  private <T extends SpecificRecord> List<T> read(Topic<T> topic) throws Exception {
    Codec<T> codec = wire.codec(topic, pipeline);
    TopicPartition partition = new TopicPartition(codec.topic(), 0);
    List<T> records = new ArrayList<>();
    try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(connection.readerProperties())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          records.add(codec.decode(record.value()));
        }
      }
    }
    return records;
  }
}
