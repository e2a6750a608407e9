package io.distillstream.benchmarks.gateway;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.repository.ChannelSigner;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.KeyFile;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.update.ManifestJson;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.update.ManifestMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes students that nobody trained as a quantizer does: chunks and signed manifest in one
 * transaction.
 */
final class PublishedVersions implements AutoCloseable {

  static final ChannelTargets CHANNEL = new ChannelTargets("student", "stable");
  private static final String PROBE = "a small dog that barks at strangers";
  private static final int SIGNED_VERSIONS = 20;

  private final WordPieceTokenizer tokenizer;
  private final LabelSpace labels;
  private final Codec<ModelUpdate> updates;
  private final BlobWriter blobs;
  private final Producer<String, byte[]> producer;
  private final ChannelSigner signer;
  private byte @Nullable [] metadata;

  /**
   * @param trust a folder in which a repository is made
   */
  PublishedVersions(ServiceContext context, WordPieceTokenizer tokenizer, TrustFolder trust)
      throws IOException, KeyException {
    this.tokenizer = tokenizer;
    labels = new LabelSpace(List.of("animal", "artifact", "food", "plant"));
    NewRepository.create(trust, List.of(CHANNEL), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
    signer =
        new ChannelSigner(
            CHANNEL,
            KeyFile.read(trust.key(CHANNEL.role())),
            Expiries.DEFAULTS,
            SIGNED_VERSIONS,
            Clock.systemUTC());
    producer =
        new KafkaProducer<>(
            context.cluster().transactionalProducerProperties(context.pipeline() + "-bench"));
    producer.initTransactions();
    updates = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    blobs = new BlobWriter(producer, context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()));
  }

  /**
   * A version that is ready to be published.
   *
   * @param logits of the probe
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Version(long number, byte[] artifact, List<Float> logits) {}

  /** Makes a student, with weights of its own. */
  Version make(long number) throws IOException, UnusableModelException {
    OnnxModel model =
        StudentExport.export(
            RandomStart.weights(
                StudentSize.TINY.classifier(tokenizer.vocabulary().size(), labels.size()), number),
            new ModelMetadata(labels, 64, tokenizer, Map.of()));
    Path file = Files.createTempFile("version", ".onnx");
    try {
      model.write(file);
      try (OnnxClassifier classifier = OnnxClassifier.open(file)) {
        List<Float> logits = new ArrayList<>();
        for (float logit : classifier.logits(PROBE)) {
          logits.add(logit);
        }
        return new Version(number, model.bytes(), logits);
      }
    } finally {
      Files.delete(file);
    }
  }

  /** Returns when the brokers have it. */
  void publish(Version version) {
    producer.beginTransaction();
    BlobRef blob = blobs.write(CHANNEL.role() + "-" + version.number(), version.artifact());
    ModelUpdate update = update(version, blob);
    byte[] manifest = ManifestJson.write(ManifestMapper.manifest(update));
    metadata =
        signer.publish(
            metadata,
            version.number(),
            manifest,
            new TargetFile(blob.getSizeBytes(), blob.getSha256()));
    ModelUpdate signed =
        ModelUpdate.newBuilder(update)
            .setManifest(ByteBuffer.wrap(manifest))
            .setTargetsMetadata(ByteBuffer.wrap(metadata))
            .build();
    var unused =
        producer.send(
            new ProducerRecord<>(
                updates.topic(),
                CHANNEL.model() + "/" + CHANNEL.channel(),
                updates.encode(signed)));
    producer.commitTransaction();
  }

  private ModelUpdate update(Version version, BlobRef blob) {
    Instant now = Instant.now();
    return ModelUpdate.newBuilder()
        .setModel(CHANNEL.model())
        .setChannel(CHANNEL.channel())
        .setVersion(version.number())
        .setLabelSpace(labels.fingerprint())
        .setArtifact(blob)
        .setFormat("onnx")
        .setPrecision("fp32")
        .setFp32Bytes(blob.getSizeBytes())
        .setQuality(new GateResult(100, 1.0, 0.0, 1.0))
        .setProbe(List.of(new Probe(new Input(PROBE), version.logits())))
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(0.8)
                .setPrequentialKl(0.5)
                .setLoss(1.2)
                .setTemperature(2.0)
                .setAlpha(0.9)
                .setLearningRate(1e-3)
                .build())
        .setRecordsTrained(version.number())
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setCheckpointCreatedAt(now)
        .setPublishedAt(now)
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
