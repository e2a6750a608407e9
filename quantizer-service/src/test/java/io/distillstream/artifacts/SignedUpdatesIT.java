package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
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
import io.distillstream.wire.payload.EventTimeHistogram;
import io.distillstream.wire.trust.TrustTopic;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
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

  /** Each checkpoint has what came in 100 minutes; an update has those of both, and twice. */
  @Test
  void shouldPublishHoweverLongNothingWas() throws Exception {
    TrustFolder trust = new TrustFolder(folder.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
    int tenths = 60_000;
    try (QuantizerHarness harness = new QuantizerHarness(cluster, folder)) {
      for (long version = 1; version <= 2; version++) {
        EventTimes times = tenths(version * tenths, tenths);
        harness.trainer.sendCheckpoint(
            version,
            FakeTrainer.student(version).bytes(),
            checkpoint -> Checkpoint.newBuilder(checkpoint).setEventTimes(times).build());
      }
      try (QuantizerService service = harness.started(LENIENT)) {
        ModelUpdate update = harness.awaitUpdates("stable", 1).get(0);
        assertVouchedFor(update, 1, trust);
        assertThat(EventTimeHistogram.from(update.getEventTimes()).records())
            .isEqualTo(2L * tenths);
        assertThat(service.healthy()).isTrue();
      }
    }
  }

  /** A record in each tenth of a second. */
  private static EventTimes tenths(long first, int count) {
    return new EventTimes(
        100,
        LongStream.range(first, first + count)
            .mapToObj(tenth -> FakeTrainer.eventTime(0).toEpochMilli() + 100 * tenth)
            .toList(),
        Collections.nCopies(count, 1L));
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
