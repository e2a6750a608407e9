package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static io.distillstream.artifacts.QuantizerHarness.eventTimes;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restarts, take-overs and commits that nobody confirms: each checkpoint is published once. */
@ExtendWith(SharedCluster.class)
class QuantizerRecoveryIT {
  private final EmbeddedCluster cluster;

  @TempDir Path folder;
  private QuantizerHarness harness;
  private ServiceContext context;
  private FakeTrainer trainer;

  QuantizerRecoveryIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void installPipeline() {
    harness = new QuantizerHarness(cluster, folder);
    context = harness.context;
    trainer = harness.trainer;
  }

  @AfterEach
  void disconnect() {
    harness.close();
  }

  @Test
  void shouldGoOnAfterARestartWithoutPublishingTwice() throws Exception {
    trainer.sendCheckpoint(1);
    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      awaitUpdates(1);
    }

    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      trainer.sendCheckpoint(2);
      List<ModelUpdate> updates = awaitUpdates(2);

      assertThat(updates).extracting(ModelUpdate::getVersion).containsExactly(1L, 2L);
      assertThat(updates.get(1).getEventTimes().getStartsMillis()).isEqualTo(eventTimes(2));
    }
  }

  @Test
  void shouldNotPublishAnOlderCheckpointWhenItsOffsetsAreLost() throws Exception {
    trainer.sendCheckpoint(1);
    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      awaitUpdates(1);
    }
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      admin
          .deleteConsumerGroups(
              List.of(ConsumerGroups.quantizer(context.pipeline(), "student", "stable")))
          .all()
          .get();
    }

    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      trainer.sendCheckpoint(2);

      assertThat(awaitUpdates(2)).extracting(ModelUpdate::getVersion).containsExactly(1L, 2L);
    }
  }

  @Test
  void shouldGoOnBehindAnUpdateOfAVersionThatNoCheckpointHas() throws Exception {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    trainer.sendCheckpoint(1);
    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      ModelUpdate forged =
          ModelUpdate.newBuilder(awaitUpdates(1).get(0)).setVersion(1_000_000_000).build();
      try (KafkaProducer<String, byte[]> stranger =
          new KafkaProducer<>(context.cluster().producerProperties())) {
        stranger
            .send(new ProducerRecord<>(codec.topic(), "student/stable", codec.encode(forged)))
            .get();
      }
    }

    try (QuantizerService service = started(LENIENT)) {
      assertThat(service.healthy()).isTrue();
      trainer.sendCheckpoint(2);

      List<ModelUpdate> updates = awaitUpdates(3);
      assertThat(updates)
          .extracting(ModelUpdate::getVersion)
          .containsExactly(1L, 1_000_000_000L, 2L);
      assertThat(updates.get(2).getEventTimes().getStartsMillis()).isEqualTo(eventTimes(2));
    }
  }

  @Test
  void shouldTakeOverFromAnInstanceThatEnds() throws Exception {
    ServiceContext other =
        ServiceContext.connect(
            context.pipeline(), context.cluster(), folder.resolve("other"), "other");
    try (QuantizerService second =
        new QuantizerService(QuantizerHarness.settings(LENIENT), other)) {
      try (QuantizerService first = started(LENIENT)) {
        second.start();
        trainer.sendCheckpoint(1);
        awaitUpdates(1);
        assertThat(first.healthy()).isTrue();
      }

      trainer.sendCheckpoint(2);
      List<ModelUpdate> updates = awaitUpdates(2);

      assertThat(updates).extracting(ModelUpdate::getVersion).containsExactly(1L, 2L);
      assertThat(updates.get(1).getEventTimes().getStartsMillis()).isEqualTo(eventTimes(2));
      assertThat(second.healthy()).isTrue();
    } finally {
      other.close();
    }
  }

  @Test
  void shouldForgetWhatACrashLeftUnfinished() throws Exception {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    trainer.sendCheckpoint(1);
    // A process of the same instance that died between its artifact and its commit.
    KafkaProducer<String, byte[]> crashed =
        new KafkaProducer<>(
            context
                .cluster()
                .transactionalProducerProperties(
                    context.pipeline() + ".quantizer.student.stable.it"));
    crashed.initTransactions();
    crashed.beginTransaction();
    new BlobWriter(crashed, context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()))
        .write("student/stable/1", new byte[1_000_000]);
    crashed.send(new ProducerRecord<>(codec.topic(), "student/stable", new byte[] {0})).get();

    try (QuantizerService service = started(LENIENT)) {
      ModelUpdate update = awaitUpdates(1).get(0);

      assertThat(harness.fetch(update).nodes()).isNotEmpty();
      assertThat(service.healthy()).isTrue();
    } finally {
      crashed.close(Duration.ZERO);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldGoOnWhereTheBrokersNeverConfirmACommit(boolean happened) throws Exception {
    UnconfirmedCommits producers = new UnconfirmedCommits(happened);
    trainer.sendCheckpoint(1);
    try (QuantizerService service =
        new QuantizerService(
            QuantizerHarness.settings(LENIENT), context, Clock.systemUTC(), producers)) {
      service.start();
      awaitUpdates(1);
      trainer.sendCheckpoint(2);
      List<ModelUpdate> updates = awaitUpdates(2);

      assertThat(producers.opened()).isEqualTo(2);
      assertThat(updates).extracting(ModelUpdate::getVersion).containsExactly(1L, 2L);
      assertThat(updates.get(0).getEventTimes().getStartsMillis()).isEqualTo(eventTimes(1));
      assertThat(updates.get(1).getEventTimes().getStartsMillis()).isEqualTo(eventTimes(2));
      assertThat(service.healthy()).isTrue();
    }
  }

  private QuantizerService started(Map<String, String> values) {
    return harness.started(values);
  }

  private List<ModelUpdate> awaitUpdates(int count) {
    return harness.awaitUpdates("stable", count);
  }
}
