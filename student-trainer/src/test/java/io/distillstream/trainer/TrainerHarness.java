package io.distillstream.trainer;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.log.CheckpointMapper;
import io.distillstream.trainer.checkpoint.log.StateFile;
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
import io.distillstream.wire.payload.LogitsCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
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
  static final LabelSpace LABELS = new LabelSpace(List.of("animal", "plant", "tool"));
  private static final List<String> WORDS =
      List.of("cat", "dog", "oak", "fern", "saw", "axe", "small", "red", "old", "wild");

  final Pipeline pipeline;
  final ClusterConnection cluster;
  final ServiceContext context;
  private final WireFormat wire;
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
    Files.writeString(tokenizer, tokenizerJson());
  }

  private static String tokenizerJson() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    pieces.addAll(WORDS);
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.append(id == 0 ? "" : ",").append('"').append(pieces.get(id)).append("\":" + id);
    }
    return """
    {"normalizer": {"type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": true, "lowercase": true},
     "pre_tokenizer": {"type": "BertPreTokenizer"},
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": {%s}}}
    """
        .formatted(vocabulary);
  }

  TrainerSettings settings(String model, Map<String, String> changes) {
    return TrainerSettings.from(Settings.load(TrainerSettings.all(), values(model, changes)));
  }

  /** The same as text, for a trainer in another process. */
  Map<String, String> values(String model, Map<String, String> changes) {
    Map<String, String> values = new HashMap<>();
    values.put("trainer.model", model);
    values.put("trainer.label-names", String.join(",", LABELS.labels()));
    values.put("trainer.tokenizer", tokenizer.toString());
    values.put("trainer.embedding-start", "random");
    values.put("trainer.width", "16");
    values.put("trainer.blocks", "1");
    values.put("trainer.heads", "2");
    values.put("trainer.feed-forward", "16");
    values.put("trainer.max-tokens", "8");
    values.put("trainer.checkpoint-records", "128");
    values.put("trainer.checkpoint-interval", "1s");
    values.putAll(changes);
    return values;
  }

  TrainerService service(String model, Map<String, String> changes) {
    return new TrainerService(settings(model, changes), context);
  }

  /** Example {@code number}: the teacher goes by the first word. */
  static TrainingExample example(int number) {
    Random random = new Random(number);
    int word = random.nextInt(6);
    float[] logits = new float[LABELS.size()];
    logits[word / 2] = 3 + random.nextInt(3);
    return new TrainingExample(
        "request-" + number,
        new Input(WORDS.get(word) + " " + WORDS.get(6 + random.nextInt(4))),
        LABELS.fingerprint(),
        1,
        List.of(new TeacherOpinion("teacher", "v1", LogitsCodec.encode(logits), null)),
        number % 3 == 0 ? LABELS.label(word / 2) : null,
        Instant.ofEpochMilli(1_000_000L + number),
        Instant.ofEpochMilli(1_000_500L + number),
        null);
  }

  /** Over all partitions, by key. */
  void send(int from, int to) {
    for (int number = from; number < to; number++) {
      TrainingExample example = example(number);
      send(new ProducerRecord<>(topic(), example.getRequestId(), examples.encode(example)));
    }
    producer.flush();
  }

  /** To partition 0 alone, so that there is one order. */
  void sendInOrder(int from, int to) {
    for (int number = from; number < to; number++) {
      TrainingExample example = example(number);
      send(new ProducerRecord<>(topic(), 0, example.getRequestId(), examples.encode(example)));
    }
    producer.flush();
  }

  /** Example {@code number} to a partition of the caller's choice. */
  void sendTo(int partition, int number) {
    TrainingExample example = example(number);
    send(
        new ProducerRecord<>(topic(), partition, example.getRequestId(), examples.encode(example)));
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
        TrainingExample example = example(number);
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

  static long digest(int from, int to) {
    return IntStream.range(from, to).mapToLong(n -> Sha256.leadingLong("request-" + n)).sum();
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
    String text = Objects.requireNonNull(request.getInput().getText());
    int word = WORDS.indexOf(text.substring(0, text.indexOf(' ')));
    float[] logits = new float[LABELS.size()];
    if (word < 2 * logits.length) {
      logits[word / 2] = 4;
    }
    TrainingExample example =
        TrainingExample.newBuilder(example(0))
            .setRequestId(request.getRequestId())
            .setInput(request.getInput())
            .setTeachers(
                List.of(new TeacherOpinion("teacher", "v1", LogitsCodec.encode(logits), null)))
            .setGroundTruth(null)
            .setAugmentation(request.getAugmentation())
            .build();
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

  @Override
  public void close() {
    producer.close();
    context.close();
    wire.close();
  }
}
