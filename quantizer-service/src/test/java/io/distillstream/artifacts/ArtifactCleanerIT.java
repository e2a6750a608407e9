package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.artifacts.signing.UpdateSigner;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.wire.Topics;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of artifacts that newer ones have replaced, on a real log. */
@ExtendWith(SharedCluster.class)
class ArtifactCleanerIT {
  private static final Duration LONG_REST = Duration.ofDays(400);

  private final EmbeddedCluster cluster;

  @TempDir private Path folder;
  private QuantizerHarness harness;

  ArtifactCleanerIT(EmbeddedCluster cluster) {
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
  void shouldKeepWhatTheNewestUpdateNamesHoweverLongThePipelineRests() throws Exception {
    publish(2);
    ModelUpdate newest = harness.awaitUpdates("stable", 2).get(1);

    clean(Long.MAX_VALUE, Instant.now().plus(LONG_REST));

    assertThat(firstBlobOffset()).isEqualTo(newest.getArtifact().getFirstOffset()).isPositive();
    assertThat(harness.fetch(newest).nodes()).isNotEmpty();
  }

  @Test
  void shouldKeepAReplacedArtifactForDevicesThatAreFetchingIt() throws Exception {
    publish(2);
    ModelUpdate replaced = harness.awaitUpdates("stable", 2).get(0);

    clean(Long.MAX_VALUE, Instant.now());

    assertThat(firstBlobOffset()).isZero();
    assertThat(harness.fetch(replaced).nodes()).isNotEmpty();
  }

  @Test
  void shouldSendAgainWhatStandsBeforeMuchThatCanGo() throws Exception {
    publishOn("quiet=int8", 1, 1);
    ModelUpdate standing = harness.awaitUpdates("quiet", 1).get(0);
    publishOn("stable=int8", 2, 7);
    // The first checkpoint may be among what was published here, too.
    List<ModelUpdate> stable = harness.updates("stable");
    ModelUpdate newest = stable.get(stable.size() - 1);
    assertThat(newest.getVersion()).isEqualTo(7);
    Instant later = Instant.now().plus(LONG_REST);

    // It is sent again, and what lay behind it goes with the next cleaning.
    ArtifactCleaner cleaner = clean(4L << 20, later);
    List<ModelUpdate> quiet = harness.awaitUpdates("quiet", 2);
    cleaner.clean(later);

    assertThat(quiet).hasSize(2);
    ModelUpdate moved = quiet.get(1);
    assertThat(moved.getArtifact().getFirstOffset())
        .isGreaterThan(newest.getArtifact().getFirstOffset());
    assertThat(ModelUpdate.newBuilder(moved).setArtifact(standing.getArtifact()).build())
        .isEqualTo(standing);
    assertThat(firstBlobOffset()).isEqualTo(newest.getArtifact().getFirstOffset());
    assertThat(harness.fetch(moved).nodes()).isNotEmpty();
    assertThat(harness.fetch(newest).nodes()).isNotEmpty();
  }

  private void publish(int versions) throws Exception {
    publishOn("stable=int8", 1, versions);
  }

  private void publishOn(String channel, int from, int to) throws Exception {
    String name = channel.substring(0, channel.indexOf('='));
    try (QuantizerService service =
        harness.started(QuantizerHarness.with(LENIENT, "quantizer.channels", channel))) {
      assertThat(service.healthy()).isTrue();
      for (int version = from; version <= to; version++) {
        harness.trainer.sendCheckpoint(version);
        long published = version;
        await()
            .atMost(QuantizerHarness.PATIENCE)
            .until(
                () ->
                    harness.updates(name).stream()
                        .anyMatch(update -> update.getVersion() == published));
      }
    }
  }

  private ArtifactCleaner clean(long worthBytes, Instant now) throws Exception {
    QuantizerSettings settings = QuantizerHarness.settings(LENIENT).get(0);
    try (UpdatePublisher publisher =
        new UpdatePublisher(
            settings, harness.context, Clock.systemUTC(), KafkaProducer::new, signer(settings))) {
      ArtifactCleaner cleaner =
          new ArtifactCleaner(harness.context, settings, publisher, Clock.systemUTC(), worthBytes);
      cleaner.clean(now);
      return cleaner;
    }
  }

  private UpdateSigner signer(QuantizerSettings settings) {
    return new UpdateSigner(
        settings.model(), settings.channel(), settings.signing(), folder, Clock.systemUTC());
  }

  private long firstBlobOffset() {
    try (TopicScan scan = new TopicScan(harness.context.cluster())) {
      List<Stretch> whole = scan.whole(Topics.MODEL_BLOBS.in(harness.context.pipeline()));
      assertThat(whole).hasSize(1);
      return whole.get(0).from();
    }
  }
}
