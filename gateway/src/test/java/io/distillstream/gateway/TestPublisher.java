package io.distillstream.gateway;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.update.TestUpdates;
import io.distillstream.wire.update.UpdatePublisher;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;

/** Publishes updates as the quantizer does: chunks and manifest in one transaction. */
public final class TestPublisher {

  public static final String MODEL = "glosses";
  public static final String CHANNEL = "stable";

  private final ClusterConnection cluster;
  private final WireFormat wire;
  private final Pipeline pipeline;
  private final String labelSpace;
  private UnaryOperator<ModelUpdate> signing = UnaryOperator.identity();

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

  /** Has what is published from here on signed. */
  public void sign(UnaryOperator<ModelUpdate> signer) {
    signing = signer;
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
    ModelUpdate update = manifest(version, promised, new Probe(new Input(probe), logits));
    new UpdatePublisher(cluster, wire, pipeline).publish(update, artifact, signing);
  }

  /** {@code version} records were received at second {@code version}. */
  private ModelUpdate manifest(long version, byte[] artifact, Probe probe) {
    return TestUpdates.update(MODEL, CHANNEL, version)
        .setLabelSpace(labelSpace)
        .setArtifact(
            new BlobRef(
                MODEL + "-" + version, (long) artifact.length, Sha256.hex(artifact), 1, 0, 0L))
        .setPrecision("fp32")
        .setFp32Bytes(artifact.length)
        .setProbe(List.of(probe))
        .setEventTimes(new EventTimes(100, List.of(version * 1000), List.of(version)))
        .build();
  }
}
