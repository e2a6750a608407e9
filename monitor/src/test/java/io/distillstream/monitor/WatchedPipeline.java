package io.distillstream.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.monitor.freshness.FreshnessObjective;
import io.distillstream.monitor.view.TestRecords;
import io.distillstream.monitor.view.WatchedStage;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A real cluster with a monitor on it, and the records that stages would write. */
final class WatchedPipeline implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Pipeline pipeline = new Pipeline("demo");
  private final EmbeddedCluster cluster;
  private final ClusterConnection connection;
  private final ServiceContext context;
  private final Producer<String, byte[]> producer;
  private final AtomicLong labelled = new AtomicLong();
  private final ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private MonitorService monitor;

  WatchedPipeline(Path folder) {
    cluster = EmbeddedCluster.start(folder.resolve("cluster"));
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    context = ServiceContext.connect(pipeline, connection, folder.resolve("data"), "it");
    try (Admin admin = Admin.create(connection.adminProperties())) {
      TopicInstaller.install(admin, context.wire(), pipeline);
    }
    producer = new KafkaProducer<>(connection.producerProperties());
    monitor = startMonitor(0);
  }

  private MonitorService startMonitor(int port) {
    MonitorService started =
        new MonitorService(
            new MonitorSettings(
                HttpListener.loopback("monitor", port),
                TestRecords.MODEL,
                Duration.ofMinutes(5),
                FreshnessObjective.parse("95% < 60s"),
                new LagSettings(Pattern.compile("other-.*"), "it", Duration.ofSeconds(1), 1_000)),
            context);
    started.start();
    return started;
  }

  /** Another monitor on the same port, once the one before is gone. */
  void restartMonitor(Runnable meanwhile) {
    int port = monitor.port();
    monitor.close();
    meanwhile.run();
    monitor = startMonitor(port);
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + monitor.port() + path);
  }

  JsonNode json(String path) {
    try {
      return JSON.readTree(get(path).body());
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path + " is not JSON", e);
    }
  }

  HttpResponse<String> get(String path) {
    try {
      return http.send(HttpRequest.newBuilder(address(path)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /** Stages that go on reporting once a second: the teacher labels 80 records in each. */
  void keepStagesRunning() {
    var unused = ticking.scheduleAtFixedRate(this::reportStages, 0, 1, TimeUnit.SECONDS);
  }

  private void reportStages() {
    Instant now = Instant.now();
    long count = labelled.addAndGet(80);
    send(
        TestRecords.stage(
            "teacher",
            now,
            Map.of("records_received", count + 7, "records_labelled", count),
            Map.of("batch_seconds", 0.212),
            Map.of("teacher_version", "5d9cfc4a4a0d")));
    // Its clock is behind.
    send(TestRecords.stage("joiner", now.minusSeconds(600), "examples_joined", count - 8));
    send(
        TestRecords.stage(
            "trainer",
            now,
            Map.of("records_trained", count - 40, "checkpoints", count / 400),
            Map.of(
                "prequential_agreement", 0.7834,
                "prequential_kl", 0.412,
                "prequential_averaged_agreement", 0.8012,
                "prequential_averaged_kl", 0.387,
                "loss", 1.08),
            Map.of()));
    send(TestRecords.stage("quantizer", now, "artifacts_published", count / 800));
    send(TestRecords.stage("signer", now, "repositories_signed", count / 800));
    send(TestRecords.stage("device", now, "answers_served", count / 4));
  }

  void send(SpecificRecord record) {
    if (record instanceof StageReport report) {
      send(Topics.STAGE_REPORTS, report.getStage() + "/" + report.getInstance(), report);
    } else if (record instanceof Checkpoint checkpoint) {
      send(Topics.CHECKPOINTS, checkpoint.getModel(), checkpoint);
    } else if (record instanceof ModelUpdate update) {
      send(Topics.MODEL_UPDATES, update.getModel() + "/" + update.getVersion(), update);
    } else if (record instanceof TrainingEvent event) {
      send(Topics.TRAINING_EVENTS, event.getModel(), event);
    } else if (record instanceof DeviceReport report) {
      send(Topics.DEVICE_REPORTS, report.getDeviceId(), report);
    } else {
      throw new IllegalArgumentException("No topic for " + record.getClass());
    }
  }

  private <T extends SpecificRecord> void send(Topic<T> topic, String key, T record) {
    Codec<T> codec = context.wire().codec(topic, pipeline);
    await(new ProducerRecord<>(codec.topic(), key, codec.encode(record)));
  }

  void sendDeadLetter(String error) {
    await(
        new ProducerRecord<>(
            pipeline.deadLetters(),
            null,
            "key",
            new byte[] {1},
            DeadLetters.origin(null, Topics.REQUESTS.in(pipeline), 0, 7, error)));
  }

  /** Puts bytes on a stage's input and commits as its group, leaving {@code lag} of them. */
  void leaveWaiting(WatchedStage stage, int records, int lag)
      throws ExecutionException, InterruptedException {
    String topic = stage.inputs().get(0).in(pipeline);
    for (int i = 0; i < records; i++) {
      await(new ProducerRecord<>(topic, 0, "key", new byte[] {1}));
    }
    String group =
        stage == WatchedStage.QUANTIZER
            ? ConsumerGroups.quantizer(pipeline, TestRecords.MODEL, "stable")
            : stage.groups(pipeline, TestRecords.MODEL, List.of()).get(0);
    commit(group, topic, records - lag);
  }

  /** Writes to a topic in a transaction that is open until what is returned is closed. */
  Producer<String, byte[]> holdBack(Topic<?> topic) {
    Producer<String, byte[]> open =
        new KafkaProducer<>(connection.transactionalProducerProperties("open"));
    open.initTransactions();
    open.beginTransaction();
    var unused = open.send(new ProducerRecord<>(topic.in(pipeline), 0, "key", new byte[] {1}));
    open.flush();
    return open;
  }

  /** Commits for the first partition of a topic, as a group that nobody is in. */
  void commit(String group, String topic, long offset)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(connection.adminProperties())) {
      admin
          .alterConsumerGroupOffsets(
              group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)))
          .all()
          .get();
    }
  }

  void deleteGroup(String group) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(connection.adminProperties())) {
      admin.deleteConsumerGroups(List.of(group)).all().get();
    }
  }

  private void await(ProducerRecord<String, byte[]> message) {
    try {
      producer.send(message).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot write to " + message.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  @Override
  public void close() {
    ticking.shutdownNow();
    monitor.close();
    producer.close();
    context.close();
    cluster.close();
  }
}
