package io.distillstream.wire.update;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobWriter;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes as the quantizer does: chunks and manifest in one transaction. */
public record UpdatePublisher(ClusterConnection connection, WireFormat wire, Pipeline pipeline) {

  /** Publishes an update that nobody signs. */
  public void publish(ModelUpdate manifest, byte[] bytes) {
    publish(manifest, bytes, UnaryOperator.identity());
  }

  /**
   * Publishes an update.
   *
   * @param bytes of the artifact, which may be others than the manifest promises
   * @param signing makes the update complete that names the artifact's place
   */
  public void publish(ModelUpdate manifest, byte[] bytes, UnaryOperator<ModelUpdate> signing) {
    publish(
        blobs -> {
          BlobRef written = blobs.write(manifest.getArtifact().getBlobId(), bytes);
          String promised = manifest.getArtifact().getSha256();
          BlobRef named = BlobRef.newBuilder(written).setSha256(promised).build();
          return signing.apply(ModelUpdate.newBuilder(manifest).setArtifact(named).build());
        });
  }

  /**
   * Publishes an update; returns when readers see it.
   *
   * @param making writes the blobs that the update names
   */
  public void publish(Function<BlobWriter, ModelUpdate> making) {
    try (Producer<String, byte[]> producer = open()) {
      producer.beginTransaction();
      ModelUpdate update =
          making.apply(new BlobWriter(producer, wire.codec(Topics.MODEL_BLOBS, pipeline)));
      Codec<ModelUpdate> codec = wire.codec(Topics.MODEL_UPDATES, pipeline);
      String key = UpdateManifest.updateKey(update.getModel(), update.getChannel());
      var unused = producer.send(new ProducerRecord<>(codec.topic(), key, codec.encode(update)));
      producer.commitTransaction();
    }
    // A commit is confirmed before readers see it; the next to begin waits until they do.
    open().close();
  }

  private Producer<String, byte[]> open() {
    Producer<String, byte[]> producer =
        new KafkaProducer<>(connection.transactionalProducerProperties(pipeline + "-publisher"));
    producer.initTransactions();
    return producer;
  }
}
