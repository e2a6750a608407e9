package io.distillstream.trainer;

import static org.awaitility.Awaitility.await;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.record.CheckpointMapper;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A pipeline of its own on a broker, with a small student to train on it. */
final class TrainerHarness implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  final Pipeline pipeline;
  final ClusterConnection cluster;
  final ServiceContext context;
  final WireFormat wire;
  private final Path folder;
  private final Codec<TrainingExample> examples;
  private final Producer<String, byte[]> producer;
  private final Path tokenizer;

  TrainerHarness(String name, EmbeddedCluster embedded, Path folder) throws IOException {
    this.pipeline = new Pipeline(name);
    this.folder = folder;
    cluster = new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    wire = new WireFormat(embedded.registryUrl());
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, pipeline);
    }
    context = ServiceContext.connect(pipeline, cluster, folder, "it");
    examples = wire.codec(Topics.TRAINING_EXAMPLES, pipeline);
    producer = new KafkaProducer<>(cluster.producerProperties());
    tokenizer = folder.resolve("tokenizer.json");
    Files.writeString(tokenizer, MadeUpTraffic.tokenizerJson());
  }

  TrainerSettings settings(String model, Map<String, String> changes) {
    return TrainerSettings.from(Settings.load(TrainerSettings.all(), values(model, changes)));
  }

  /** The same as text, for a trainer in another process. */
  Map<String, String> values(String model, Map<String, String> changes) {
    Map<String, String> values = new HashMap<>();
    values.put("trainer.model", model);
    values.put("trainer.label-names", String.join(",", MadeUpTraffic.LABELS.labels()));
    values.put("trainer.tokenizer", tokenizer.toString());
    values.put("trainer.embedding-start", "random");
    values.put("trainer.width", "16");
    values.put("trainer.blocks", "1");
    values.put("trainer.heads", "2");
    values.put("trainer.feed-forward", "16");
    values.put("trainer.max-tokens", "8");
    values.put("trainer.checkpoint-records", "128");
    values.put("trainer.checkpoint-interval", "1s");
    values.put("trainer.held-out.one-in", "0");
    values.putAll(changes);
    return values;
  }

  TrainerService service(String model, Map<String, String> changes) {
    return new TrainerService(settings(model, changes), context);
  }

  /** Over all partitions, by key. */
  void send(int from, int to) {
    for (int number = from; number < to; number++) {
      TrainingExample example = MadeUpTraffic.example(number);
      send(new ProducerRecord<>(topic(), example.getRequestId(), examples.encode(example)));
    }
    producer.flush();
  }

  /** To partition 0 alone, so that there is one order. */
  void sendInOrder(int from, int to) {
    for (int number = from; number < to; number++) {
      TrainingExample example = MadeUpTraffic.example(number);
      send(new ProducerRecord<>(topic(), 0, example.getRequestId(), examples.encode(example)));
    }
    producer.flush();
  }

  /** Example {@code number} to a partition of the caller's choice. */
  void sendTo(int partition, int number) {
    TrainingExample example = MadeUpTraffic.example(number);
    send(
        new ProducerRecord<>(topic(), partition, example.getRequestId(), examples.encode(example)));
  }

  /**
   * Corrects an example that was sent without its truth.
   *
   * @return false if it has one, so that there is nothing to correct
   */
  boolean correct(int partition, int number) {
    TrainingExample example = MadeUpTraffic.example(number);
    if (example.getGroundTruth() != null) {
      return false;
    }
    TrainingExample correction =
        TrainingExample.newBuilder(example)
            .setGroundTruth(MadeUpTraffic.LABELS.label(number % MadeUpTraffic.LABELS.size()))
            .setCorrection(true)
            .build();
    send(
        new ProducerRecord<>(
            topic(), partition, example.getRequestId(), examples.encode(correction)));
    return true;
  }

  /** Waits until the broker has everything. */
  void flush() {
    producer.flush();
  }

  /** As the joiner does; the mark that ends the transaction takes an offset of each partition. */
  void sendInTransaction(int from, int to) {
    try (Producer<String, byte[]> transactional =
        new KafkaProducer<>(cluster.transactionalProducerProperties(pipeline + ".sender"))) {
      transactional.initTransactions();
      transactional.beginTransaction();
      for (int number = from; number < to; number++) {
        TrainingExample example = MadeUpTraffic.example(number);
        transactional.send(
            new ProducerRecord<>(topic(), example.getRequestId(), examples.encode(example)));
      }
      transactional.commitTransaction();
    }
  }

  /** What a monitor sees: the committed end of every partition less the group's offset. */
  long lag(String model) {
    Map<String, Object> properties =
        cluster.consumerProperties(ConsumerGroups.trainer(pipeline, model));
    try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(properties)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic()).stream()
              .map(info -> new TopicPartition(topic(), info.partition()))
              .toList();
      Map<TopicPartition, OffsetAndMetadata> committed =
          consumer.committed(new HashSet<>(partitions));
      long lag = 0;
      for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
        OffsetAndMetadata offset = committed.get(end.getKey());
        lag += end.getValue() - (offset == null ? 0 : offset.offset());
      }
      return lag;
    }
  }

  /** Has the model's group begin somewhere else. */
  void resetGroup(String model, long offset) throws Exception {
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      for (int partition = 0; partition < Topics.TRAINING_EXAMPLES.partitions(); partition++) {
        offsets.put(new TopicPartition(topic(), partition), new OffsetAndMetadata(offset));
      }
      admin.alterConsumerGroupOffsets(ConsumerGroups.trainer(pipeline, model), offsets).all().get();
    }
  }

  void sendRaw(String key, byte[] value) {
    send(new ProducerRecord<>(topic(), 0, key, value));
    producer.flush();
  }

  byte[] encode(TrainingExample example) {
    return examples.encode(example);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // flush() follows.
  private void send(ProducerRecord<String, byte[]> record) {
    producer.send(record);
  }

  String topic() {
    return Topics.TRAINING_EXAMPLES.in(pipeline);
  }

  /** Committed manifests of a model, oldest first. */
  List<Checkpoint> manifests(String model) {
    Codec<Checkpoint> codec = wire.codec(Topics.CHECKPOINTS, pipeline);
    List<Checkpoint> manifests = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : committed(codec.topic())) {
      if (record.key().equals(model)) {
        try {
          manifests.add(codec.decode(record.value()));
        } catch (UndecodableRecordException e) {
          throw new AssertionError(e);
        }
      }
    }
    return manifests;
  }

  /** Every request that a reader of committed records sees. */
  List<InferenceRequest> requests() {
    Codec<InferenceRequest> codec = wire.codec(Topics.REQUESTS, pipeline);
    List<InferenceRequest> requests = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : committed(codec.topic())) {
      try {
        requests.add(codec.decode(record.value()));
      } catch (UndecodableRecordException e) {
        throw new AssertionError(e);
      }
    }
    return requests;
  }

  /** What teacher and joiner make of a request, to partition 0. */
  void answer(InferenceRequest request) {
    TrainingExample example = MadeUpTraffic.answered(request);
    send(new ProducerRecord<>(topic(), 0, example.getRequestId(), examples.encode(example)));
  }

  List<ConsumerRecord<String, byte[]>> deadLetters() {
    return committed(pipeline.deadLetters());
  }

  /** Everything that readers of committed records see. */
  List<ConsumerRecord<String, byte[]>> committed(String topic) {
    try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      // For a reader of committed records this is the last stable offset.
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  Path fetch(BlobRef blob) throws Exception {
    Path file = folder.resolve(blob.getBlobId().replace('/', '-'));
    new BlobReader(cluster, wire.codec(Topics.CHECKPOINT_BLOBS, pipeline)).fetch(blob, file);
    return file;
  }

  GoodState state(Checkpoint manifest) throws Exception {
    return StateFile.read(fetch(manifest.getState()), CheckpointMapper.lineage(manifest));
  }

  /** Writes manifests of another model behind all others, on the same partition. */
  void sendManifestsOfAnother(Checkpoint like, String model, int count) {
    Codec<Checkpoint> codec = wire.codec(Topics.CHECKPOINTS, pipeline);
    Checkpoint other = Checkpoint.newBuilder(like).setModel(model).build();
    for (int i = 0; i < count; i++) {
      send(new ProducerRecord<>(codec.topic(), 0, model, codec.encode(other)));
    }
    producer.flush();
  }

  /** Whatever it is, behind all manifests. */
  void sendManifest(String key, byte[] value) {
    send(new ProducerRecord<>(Topics.CHECKPOINTS.in(pipeline), 0, key, value));
    producer.flush();
  }

  byte[] encode(Checkpoint manifest) {
    return wire.codec(Topics.CHECKPOINTS, pipeline).encode(manifest);
  }

  /** Has the model's group say that its offsets follow a checkpoint. */
  void claimCheckpoint(String model, long offset, long version) throws Exception {
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      admin
          .alterConsumerGroupOffsets(
              ConsumerGroups.trainer(pipeline, model),
              Map.of(
                  new TopicPartition(topic(), 0),
                  new OffsetAndMetadata(offset, "after-checkpoint=" + version)))
          .all()
          .get();
    }
  }

  /** The newest manifest of a model; of equal versions the later one. */
  Checkpoint newest(String model) {
    return manifests(model).stream()
        .reduce((one, other) -> other.getVersion() >= one.getVersion() ? other : one)
        .orElseThrow();
  }

  void awaitRecords(String model, long records) {
    await()
        .atMost(DEADLINE)
        .until(() -> manifests(model).stream().anyMatch(one -> one.getRecordsTrained() >= records));
  }

  @Override
  public void close() {
    producer.close();
    context.close();
    wire.close();
  }
}
