package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.artifacts.signing.UpdateSigner;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that the trainer has not committed, and those that a session leaves to the next. */
@ExtendWith(SharedCluster.class)
class UnsettledCheckpointsIT {
  private static final long FORGED = 1_000_000_000;

  private final EmbeddedCluster cluster;

  @TempDir Path folder;
  private QuantizerHarness harness;

  UnsettledCheckpointsIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void installPipeline() {
    harness = new QuantizerHarness(cluster, folder);
  }

  @AfterEach
  void disconnect() {
    harness.close();
  }

  @Test
  void shouldLeaveOutCheckpointsAboveTheNewestThatTheTrainerHasCommitted() throws Exception {
    harness.trainer.sendCheckpoint(1);
    harness.trainer.sendCheckpoint(FORGED);
    harness.trainer.commitOffsets(1);
    try (QuantizerService service = harness.started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      assertThat(harness.awaitUpdates("stable", 1))
          .extracting(ModelUpdate::getVersion)
          .containsExactly(1L);

      harness.trainer.commitOffsets(2);
      harness.trainer.sendCheckpoint(2);
      assertThat(harness.awaitUpdates("stable", 2))
          .extracting(ModelUpdate::getVersion)
          .containsExactly(1L, 2L);
      assertThat(harness.context.stage("quantizer").count("dead_letters")).isEqualTo(1);
    }
  }

  @Test
  void shouldLeaveACheckpointToTheNextSessionWhereItEnds() throws Exception {
    harness.trainer.sendCheckpoint(1);
    harness.trainer.sendCheckpoint(2);
    QuantizerSettings settings = QuantizerHarness.settings(LENIENT).get(0);
    QuantizerMetrics metrics =
        QuantizerMetrics.ofFirst(harness.context.stage("quantizer"), "stable");
    try (QuantizerSession session =
        new QuantizerSession(settings, harness.context, metrics, () -> publisher(settings))) {
      session.end();
      // The first ends by the wake-up; later ones read both checkpoints.
      await()
          .pollInSameThread()
          .atMost(QuantizerHarness.PATIENCE)
          .ignoreExceptionsInstanceOf(WakeupException.class)
          .until(
              () -> {
                session.step();
                return harness.context.stage("quantizer").count("checkpoints_superseded") == 1;
              });
    }
    assertThat(harness.updates()).isEmpty();

    try (QuantizerService service = harness.started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      ModelUpdate update = harness.awaitUpdates("stable", 1).get(0);
      assertThat(update.getVersion()).isEqualTo(2);
      assertThat(update.getEventTimes().getStartsMillis())
          .isEqualTo(QuantizerHarness.eventTimes(1, 2));
    }
  }

  private UpdatePublisher publisher(QuantizerSettings settings) {
    Clock clock = Clock.systemUTC();
    UpdateSigner signer =
        new UpdateSigner(
            settings.model(), settings.channel(), settings.signing(), harness.folder, clock);
    return new UpdatePublisher(settings, harness.context, clock, KafkaProducer::new, signer);
  }
}
