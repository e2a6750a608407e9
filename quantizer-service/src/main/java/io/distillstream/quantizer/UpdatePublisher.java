package io.distillstream.quantizer;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Settles each batch of checkpoints in one transaction: artifact, manifest, dead letters and
 * offsets become visible together or not at all. Owns its producer.
 */
final class UpdatePublisher implements AutoCloseable {
  private final QuantizerSettings settings;
  private final Clock clock;
  private final KafkaProducer<String, byte[]> producer;
  private final BlobWriter blobs;
  private final Codec<ModelUpdate> updates;

  /** Fences an earlier process of the same instance and ends the transaction it may have left. */
  UpdatePublisher(QuantizerSettings settings, ServiceContext context, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.updates = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    this.producer = new KafkaProducer<>(producerProperties(settings, context));
    this.blobs =
        new BlobWriter(producer, context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()));
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close();
      throw e;
    }
  }

  /**
   * Artifacts travel to every device, so they are worth a better compression than other records.
   * 8-bit weights repeat too little for lz4, but zstd codes frequent values, such as the zeros of a
   * pruned student, in few bits. Readers go by what a batch says of itself.
   */
  private static Map<String, Object> producerProperties(
      QuantizerSettings settings, ServiceContext context) {
    Map<String, Object> properties =
        context
            .cluster()
            .transactionalProducerProperties(
                "%s.quantizer.%s.%s.%s"
                    .formatted(
                        context.pipeline(),
                        settings.model(),
                        settings.channel(),
                        context.instance()));
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    return properties;
  }

  /** What goes with every transaction. */
  record Settlement(
      List<ProducerRecord<String, byte[]>> deadLetters,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {}

  /** Publishes a candidate that passed; answers the committed manifest. */
  ModelUpdate publish(Candidate candidate, EventTimes eventTimes, Settlement settlement) {
    String blobId = "%s/%d".formatted(settings.updateKey(), candidate.checkpoint().getVersion());
    ModelUpdate[] update = new ModelUpdate[1];
    inTransaction(
        settlement,
        () -> {
          BlobRef artifact = blobs.write(blobId, candidate.artifact().bytes());
          update[0] = manifest(candidate, artifact, eventTimes);
          send(
              new ProducerRecord<>(
                  updates.topic(), settings.updateKey(), updates.encode(update[0])));
        });
    return update[0];
  }

  /** Moves on without a publication. */
  void moveOn(Settlement settlement) {
    inTransaction(settlement, () -> {});
  }

  private void inTransaction(Settlement settlement, Runnable sends) {
    producer.beginTransaction();
    try {
      sends.run();
      settlement.deadLetters().forEach(this::send);
      producer.sendOffsetsToTransaction(settlement.offsets(), settlement.group());
      producer.commitTransaction();
    } catch (RuntimeException e) {
      abortAfter(e);
      throw e;
    }
  }

  /** The commit fails if one of its sends did, so none of them needs an eye of its own. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(ProducerRecord<String, byte[]> record) {
    producer.send(record);
  }

  private void abortAfter(RuntimeException cause) {
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      // A fenced or broken producer cannot even abort; its successor ends the transaction.
      cause.addSuppressed(e);
    }
  }

  private ModelUpdate manifest(Candidate candidate, BlobRef artifact, EventTimes eventTimes) {
    Checkpoint checkpoint = candidate.checkpoint();
    Attempt best = candidate.choice().best();
    Quality quality = best.measured().quality();
    return ModelUpdate.newBuilder()
        .setModel(settings.model())
        .setChannel(settings.channel())
        .setVersion(checkpoint.getVersion())
        .setLabelSpace(checkpoint.getLabelSpace())
        .setArtifact(artifact)
        .setFormat("onnx")
        .setPrecision(best.describe())
        .setFp32Bytes(checkpoint.getOnnx().getSizeBytes())
        .setQuality(
            new GateResult(
                quality.samples(),
                quality.agreement(),
                quality.maxAbsDifference(),
                best.measured().latency().map(LatencyRatio::median).orElse(Double.NaN)))
        .setProbe(candidate.probes())
        .setTraining(checkpoint.getTraining())
        .setRecordsTrained(checkpoint.getRecordsTrained())
        .setEventTimes(eventTimes)
        .setCheckpointCreatedAt(checkpoint.getCreatedAt())
        .setPublishedAt(clock.instant())
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
