package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.delta.DeltaWriter;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.TestModels;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.update.UpdatePublisher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions that a device takes by deltas, on a real broker and registry. */
class KafkaDeltaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path clusterFolder;
  @TempDir Path home;
  private final Pipeline pipeline = new Pipeline("delta-it");
  private final List<ArtifactDelta> chain = new ArrayList<>();
  private byte[] before = new byte[0];

  @Test
  void shouldFetchDeltasInThePlaceOfArtifacts() throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(clusterFolder);
        WireFormat wire = new WireFormat(cluster.registryUrl())) {
      ClusterConnection connection =
          new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, wire, pipeline);
      }
      BlockingQueue<Installation> installations = new LinkedBlockingQueue<>();
      DeviceSettings settings = DeviceSettings.of("d1", "glosses", "stable", home);
      publish(1, connection, wire);
      try (DeviceClient device = KafkaDevice.open(settings, connection, pipeline)) {
        device.listen(noting(installations));
        device.start();
        assertThat(next(installations).bytesFetched()).isEqualTo(before.length);

        publish(2, connection, wire);
        assertThat(next(installations).bytesFetched()).isEqualTo(newestDeltaBytes());
        assertThat(device.predict("a dog").map(DeviceAnswer::version)).hasValue(2L);
      }
      // Other bytes than those of the two models that the device keeps.
      publish(4, connection, wire);
      long missed = newestDeltaBytes();
      publish(6, connection, wire);

      try (DeviceClient device = KafkaDevice.open(settings, connection, pipeline)) {
        device.listen(noting(installations));
        device.start();
        assertThat(next(installations).bytesFetched()).isEqualTo(missed + newestDeltaBytes());
        assertThat(device.predict("a dog").map(DeviceAnswer::label)).hasValue(TestModels.label(6));
      }
    }
  }

  private static DeviceListener noting(BlockingQueue<Installation> installations) {
    return new DeviceListener() {
      @Override
      public void installed(Installation installation) {
        installations.add(installation);
      }
    };
  }

  private static Installation next(BlockingQueue<Installation> installations)
      throws InterruptedException {
    Installation next = installations.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private long newestDeltaBytes() {
    return chain.get(chain.size() - 1).getBlob().getSizeBytes();
  }

  private void publish(long version, ClusterConnection connection, WireFormat wire) {
    byte[] model = TestModels.model(version);
    new UpdatePublisher(connection, wire, pipeline).publish(blobs -> update(version, model, blobs));
    before = model;
  }

  private ModelUpdate update(long version, byte[] model, BlobWriter blobs) {
    BlobRef artifact = blobs.write("glosses-" + version, model);
    if (before.length > 0) {
      BlobRef delta =
          blobs.write("glosses-" + version + "/delta", DeltaWriter.deflated(before, model));
      chain.add(
          new ArtifactDelta(
              Sha256.hex(before), artifact.getSha256(), "deflate", delta, (long) model.length));
    }
    return ModelUpdate.newBuilder(
            TestManifests.manifest(version, model, TestManifests.probe(version)))
        .setArtifact(artifact)
        .setDeltas(List.copyOf(chain))
        .build();
  }
}
