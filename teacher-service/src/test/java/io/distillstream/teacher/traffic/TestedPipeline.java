package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.teacher.kind.EncoderClassifier;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.TransactionalIds;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A pipeline of its own on a real broker, with a teacher that a test can hold. */
final class TestedPipeline implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static int pipelines;

  private final ClusterConnection connection;
  private final Path folder;
  private final KafkaProducer<String, byte[]> producer;

  final Pipeline pipeline = new Pipeline("it-" + ++pipelines);
  final LengthTeacher teacher = new LengthTeacher();
  final ServiceContext context;
  final Codec<InferenceRequest> requests;

  TestedPipeline(EmbeddedCluster cluster, Path folder) {
    this.folder = folder;
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    try (Admin admin = Admin.create(connection.adminProperties());
        WireFormat wire = new WireFormat(cluster.registryUrl())) {
      TopicInstaller.install(admin, wire, pipeline);
    }
    context = newContext();
    requests = context.wire().codec(Topics.REQUESTS, pipeline);
    producer = new KafkaProducer<>(connection.producerProperties());
  }

  /** As another process of the same instance has it; the caller closes it. */
  ServiceContext newContext() {
    return newContext("0");
  }

  /** As a process of another instance has it; the caller closes it. */
  ServiceContext newContext(String instance) {
    return ServiceContext.connect(pipeline, connection, folder.resolve("services"), instance);
  }

  /** Not started; the caller closes it. */
  TeacherService service(int capacity) {
    return new TeacherService(settings(capacity), context, () -> teacher);
  }

  /** Not started; the caller closes it. Callers have this share of the model. */
  TeacherService service(int capacity, double httpShare) {
    TeacherSettings half = settings(capacity);
    QueueBounds bounds = half.bounds();
    return new TeacherService(
        new TeacherSettings(
            half.teacher(),
            half.publication(),
            half.http(),
            new QueueBounds(
                bounds.capacity(),
                bounds.window(),
                bounds.batch(),
                bounds.httpWait(),
                bounds.logWait(),
                bounds.answerExpected(),
                bounds.answerWithin(),
                httpShare),
            half.textsPerRequest(),
            half.maxTextBytes(),
            half.group()),
        context,
        () -> teacher);
  }

  static TeacherSettings settings(int capacity) {
    return settings(capacity, 0);
  }

  static TeacherSettings settings(int capacity, int port) {
    return settings(capacity, port, Publication.DENSE, "");
  }

  static TeacherSettings settings(int capacity, int port, Publication publication, String group) {
    QueueBounds bounds =
        new QueueBounds(
            capacity,
            Math.min(8, capacity),
            4,
            Duration.ofMillis(5),
            Duration.ofMillis(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
    return new TeacherSettings(
        EncoderClassifier.miniLm(),
        publication,
        HttpListener.loopback("teacher.http", port),
        bounds,
        4,
        1_000,
        group);
  }

  /** Writes requests to the log; returns their ids once the cluster has them. */
  List<String> send(int count) {
    return send("log-", count);
  }

  /** Writes requests whose ids begin so to the log; returns them once the cluster has them. */
  List<String> send(String ids, int count) {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(send(ids + i, "a b " + i));
    }
    producer.flush();
    return sent;
  }

  String send(String id, String text) {
    InferenceRequest request =
        new InferenceRequest(id, new Input(text), Instant.now(), Ingress.LOG, null, "");
    return sendRaw(id, requests.encode(request));
  }

  String sendRaw(String key, byte[] value) {
    producer.send(new ProducerRecord<>(requests.topic(), key, value));
    return key;
  }

  List<TrainingExample> examples() throws UndecodableRecordException {
    Codec<TrainingExample> codec = context.wire().codec(Topics.TRAINING_EXAMPLES, pipeline);
    List<TrainingExample> examples = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : read(codec.topic())) {
      examples.add(codec.decode(record.value()));
    }
    return examples;
  }

  List<ConsumerRecord<String, byte[]>> softLabels() {
    return read(Topics.SOFT_LABELS.in(pipeline));
  }

  void awaitSoftLabelsOf(List<String> requestIds) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(softLabels())
                    .extracting(ConsumerRecord::key)
                    .containsExactlyInAnyOrderElementsOf(requestIds));
  }

  /** Everything committed on a topic so far. */
  List<ConsumerRecord<String, byte[]>> read(String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(connection.readerProperties())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /** What the teacher's group has still to do of the request log, transaction markers included. */
  long lag() throws Exception {
    try (Admin admin = Admin.create(connection.adminProperties())) {
      Map<TopicPartition, OffsetAndMetadata> done =
          admin
              .listConsumerGroupOffsets(ConsumerGroups.teacher(pipeline))
              .partitionsToOffsetAndMetadata()
              .get();
      long lag = 0;
      for (int p = 0; p < Topics.REQUESTS.partitions(); p++) {
        TopicPartition partition = new TopicPartition(requests.topic(), p);
        long end =
            admin
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
        OffsetAndMetadata offset = done.get(partition);
        lag += end - (offset == null ? 0 : offset.offset());
      }
      return lag;
    }
  }

  /** Takes the teacher's place in its group with another member, and goes away. */
  void takePlace() {
    Map<String, Object> properties =
        connection.consumerProperties(ConsumerGroups.teacher(pipeline));
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, identity());
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties)) {
      consumer.subscribe(List.of(requests.topic()));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100));
                return !consumer.assignment().isEmpty();
              });
    }
  }

  /** Fences the teacher's producer. */
  void fenceProducer() throws Exception {
    try (Admin admin = Admin.create(connection.adminProperties())) {
      admin.fenceProducers(List.of(identity())).all().get();
    }
  }

  private String identity() {
    return TransactionalIds.teacher(pipeline, "", context.instance());
  }

  @Override
  public void close() {
    producer.close();
    context.close();
  }
}
