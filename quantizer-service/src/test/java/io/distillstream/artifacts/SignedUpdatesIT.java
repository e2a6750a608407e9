package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.trust.TrustTopic;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A quantizer that has a channel's key. */
@ExtendWith(SharedCluster.class)
class SignedUpdatesIT {

  private static final ChannelTargets STABLE = new ChannelTargets("student", "stable");

  private final EmbeddedCluster cluster;

  @TempDir private Path folder;

  SignedUpdatesIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void shouldVouchForEveryUpdateOverARestart() throws Exception {
    TrustFolder trust = new TrustFolder(folder.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
    try (QuantizerHarness harness = new QuantizerHarness(cluster, folder)) {
      harness.trainer.sendCheckpoint(1);
      try (QuantizerService service = harness.started(LENIENT)) {
        assertVouchedFor(harness.awaitUpdates("stable", 1).get(0), 1, trust);
        assertThat(service.healthy()).isTrue();
      }
      harness.trainer.sendCheckpoint(2);
      try (QuantizerService service = harness.started(LENIENT)) {
        assertVouchedFor(harness.awaitUpdates("stable", 2).get(1), 2, trust);
        assertThat(service.healthy()).isTrue();
      }
    }
  }

  private static void assertVouchedFor(ModelUpdate update, long version, TrustFolder trust)
      throws Exception {
    Targets targets =
        SignedMetadata.targets(STABLE.role(), TrustTopic.bytes(update.getTargetsMetadata()))
            .verify(trust.targets().metadata().delegations().get(0).keys())
            .metadata();
    assertThat(targets.version()).isEqualTo(version);
    assertThat(targets.targets())
        .containsEntry(
            STABLE.artifact(update.getVersion()),
            new TargetFile(update.getArtifact().getSizeBytes(), update.getArtifact().getSha256()))
        .containsKey(STABLE.manifest())
        .hasSize((int) version + 1);
  }
}
