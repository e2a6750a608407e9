package io.distillstream.gateway;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.update.TestUpdates;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes updates as the quantizer does: chunks and manifest in one transaction. */
public final class TestPublisher {

  public static final String MODEL = "glosses";
  public static final String CHANNEL = "stable";

  private final ClusterConnection cluster;
  private final WireFormat wire;
  private final Pipeline pipeline;
  private final String labelSpace;

  /** Creates the pipeline's topics. */
  public TestPublisher(
      ClusterConnection cluster, WireFormat wire, Pipeline pipeline, String labelSpace) {
    this.cluster = cluster;
    this.wire = wire;
    this.pipeline = pipeline;
    this.labelSpace = labelSpace;
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, wire, pipeline);
    }
  }

  /** Publishes an artifact whose one probe has these logits. */
  public void publish(long version, byte[] artifact, String probe, List<Float> logits) {
    publish(version, artifact, artifact, probe, logits);
  }

  /**
   * Publishes an artifact that is not what its manifest says.
   *
   * @param promised whose size and digest the manifest has
   */
  public void publish(
      long version, byte[] artifact, byte[] promised, String probe, List<Float> logits) {
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(cluster.transactionalProducerProperties(pipeline + "-publisher"))) {
      producer.initTransactions();
      producer.beginTransaction();
      BlobRef written =
          new BlobWriter(producer, wire.codec(Topics.MODEL_BLOBS, pipeline))
              .write(MODEL + "-" + version, artifact);
      BlobRef named = BlobRef.newBuilder(written).setSha256(Sha256.hex(promised)).build();
      Codec<ModelUpdate> codec = wire.codec(Topics.MODEL_UPDATES, pipeline);
      Probe expected = new Probe(new Input(probe), logits);
      var unused =
          producer.send(
              new ProducerRecord<>(
                  codec.topic(),
                  MODEL + "/" + CHANNEL,
                  codec.encode(manifest(version, named, expected))));
      producer.commitTransaction();
    }
  }

  /** {@code version} records were received at second {@code version}. */
  private ModelUpdate manifest(long version, BlobRef artifact, Probe probe) {
    return TestUpdates.update(MODEL, CHANNEL, version)
        .setLabelSpace(labelSpace)
        .setArtifact(artifact)
        .setPrecision("fp32")
        .setFp32Bytes(artifact.getSizeBytes())
        .setProbe(List.of(probe))
        .setEventTimes(new EventTimes(100, List.of(version * 1000), List.of(version)))
        .build();
  }
}
