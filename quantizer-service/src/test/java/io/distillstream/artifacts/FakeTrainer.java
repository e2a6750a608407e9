package io.distillstream.artifacts;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.StudentGraph;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.payload.EventTimeHistogram;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.transaction.CheckpointNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Publishes as the trainer does: live examples, and checkpoints with their blobs at once. */
final class FakeTrainer implements AutoCloseable {
  static final String MODEL = "student";
  static final LabelSpace LABELS = new LabelSpace(List.of("act", "food", "person", "time"));
  static final ModelMetadata METADATA =
      new ModelMetadata(
          LABELS, 32, new WordPieceTokenizer(vocabulary()), Map.of("made-by", "a test"));
  private static final Instant TRAFFIC_START = Instant.parse("2026-01-02T03:04:05Z");
  private static final int WORDS = 4000;

  private final ServiceContext context;
  private final KafkaProducer<String, byte[]> producer;
  private final Codec<Checkpoint> checkpoints;
  private final Set<String> traffic = new HashSet<>();

  FakeTrainer(ServiceContext context, String transactionalId) {
    this.context = context;
    this.checkpoints = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
    this.producer =
        new KafkaProducer<>(context.cluster().transactionalProducerProperties(transactionalId));
    producer.initTransactions();
  }

  /** An fp32 student of the real shape, with what its training knows of its layers. */
  static OnnxModel student(long seed) {
    Map<String, String> metadata = new TreeMap<>(METADATA.toMap());
    metadata.put(SquaredGradients.KEY, SquaredGradients.toText(Map.of("embedding", 1e-6)));
    return new StudentGraph(
            METADATA.tokenizer().vocabulary().size(), 128, 1, LABELS.labels().size(), seed)
        .build(metadata);
  }

  /** Live traffic that the student was trained on. */
  void sendExamples(int count) {
    Codec<TrainingExample> codec =
        context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
    SplittableRandom random = new SplittableRandom(5);
    producer.beginTransaction();
    for (int i = 0; i < count; i++) {
      String id = "request-" + i;
      String text = text(random);
      traffic.add(text);
      TrainingExample example =
          new TrainingExample(
              id,
              new Input(text),
              LABELS.fingerprint(),
              1,
              List.of(
                  new TeacherOpinion(
                      "teacher",
                      "cafe",
                      LogitsCodec.encode(new float[LABELS.labels().size()]),
                      null,
                      null)),
              null,
              TRAFFIC_START,
              TRAFFIC_START,
              null,
              null,
              null,
              false);
      send(new ProducerRecord<>(codec.topic(), id, codec.encode(example)));
    }
    producer.commitTransaction();
  }

  /** Every text sent. */
  Set<String> traffic() {
    return Set.copyOf(traffic);
  }

  /** A checkpoint with an event second of its own. */
  Checkpoint sendCheckpoint(long version) {
    return sendCheckpoint(version, student(version).bytes());
  }

  Checkpoint sendCheckpoint(long version, byte[] onnx) {
    return sendCheckpoint(version, onnx, checkpoint -> checkpoint);
  }

  /** A checkpoint whose manifest is changed before it is sent. */
  Checkpoint sendCheckpoint(long version, byte[] onnx, UnaryOperator<Checkpoint> change) {
    producer.beginTransaction();
    BlobRef blob = writeBlob(version, onnx);
    Checkpoint checkpoint = change.apply(checkpoint(version, blob));
    send(new ProducerRecord<>(checkpoints.topic(), MODEL, checkpoints.encode(checkpoint)));
    producer.commitTransaction();
    return checkpoint;
  }

  /** Has the trainer's group say that its offsets follow a checkpoint. */
  void commitOffsets(long version) throws Exception {
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      admin
          .alterConsumerGroupOffsets(
              ConsumerGroups.trainer(context.pipeline(), MODEL),
              Map.of(
                  new TopicPartition(Topics.TRAINING_EXAMPLES.in(context.pipeline()), 0),
                  new OffsetAndMetadata(0, CheckpointNote.AFTER + version)))
          .all()
          .get();
    }
  }

  /** A checkpoint whose blob is not what its manifest says. */
  void sendDamagedCheckpoint(long version) {
    producer.beginTransaction();
    BlobRef blob =
        BlobRef.newBuilder(writeBlob(version, student(version).bytes()))
            .setSha256("0".repeat(64))
            .build();
    send(
        new ProducerRecord<>(
            checkpoints.topic(), MODEL, checkpoints.encode(checkpoint(version, blob))));
    producer.commitTransaction();
  }

  void sendGarbage() {
    producer.beginTransaction();
    send(new ProducerRecord<>(checkpoints.topic(), MODEL, new byte[] {1, 2, 3}));
    producer.commitTransaction();
  }

  /** When the records behind a version were received: one second per version, one record each. */
  static Instant eventTime(long version) {
    return TRAFFIC_START.plusSeconds(version);
  }

  /** The commit fails if one of its sends did. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(ProducerRecord<String, byte[]> record) {
    producer.send(record);
  }

  private BlobRef writeBlob(long version, byte[] onnx) {
    return new BlobWriter(
            producer, context.wire().codec(Topics.CHECKPOINT_BLOBS, context.pipeline()))
        .write(MODEL + "/" + version + "/onnx", onnx);
  }

  private static Checkpoint checkpoint(long version, BlobRef onnx) {
    EventTimeHistogram times = new EventTimeHistogram();
    times.add(eventTime(version));
    return Checkpoint.newBuilder()
        .setModel(MODEL)
        .setVersion(version)
        .setParentVersion(version - 1)
        .setLabelSpace(LABELS.fingerprint())
        .setLabels(LABELS.labels())
        .setState(onnx)
        .setOnnx(onnx)
        .setOffsets(List.of())
        .setSteps(10 * version)
        .setRecordsTrained(320 * version)
        .setLineageDigest(0L)
        .setEventTimes(times.toAvro())
        .setTeacherVersions(Map.of("teacher", "cafe"))
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(0.7)
                .setPrequentialKl(0.4)
                .setLoss(1.1)
                .setTemperature(2.0)
                .setAlpha(0.9)
                .setLearningRate(1e-3)
                .build())
        .setOnnxMaxAbsDifference(1e-6)
        .setCreatedAt(TRAFFIC_START.plusSeconds(100 + version))
        .build();
  }

  static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3, 20); i > 0; i--) {
      text.append("w").append(random.nextInt(WORDS)).append(' ');
    }
    return text.toString();
  }

  private static List<String> vocabulary() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    for (int i = 0; i < WORDS; i++) {
      pieces.add("w" + i);
    }
    return pieces;
  }

  @Override
  public void close() {
    producer.close();
  }
}
