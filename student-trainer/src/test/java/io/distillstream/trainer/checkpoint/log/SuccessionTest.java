package io.distillstream.trainer.checkpoint.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.CheckpointRestoredException;
import io.distillstream.trainer.checkpoint.Manifests;
import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Outages;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuccessionTest {
  private static final Pipeline PIPELINE = new Pipeline("succession-test");
  private static final String MODEL = "tiny";

  /** Finer than the log keeps it. */
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00.123456789Z");

  private final WireFormat wire = new WireFormat("mock://succession-test");
  private final Codec<Checkpoint> codec = wire.codec(Topics.CHECKPOINTS, PIPELINE);
  private final TopicPartition partition = new TopicPartition(codec.topic(), 0);
  private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("latest");
  private Succession succession;
  private boolean ownedByAnother;
  private long offset;

  @BeforeEach
  void watch() throws Exception {
    MockSchemaRegistry.getClientForScope("succession-test")
        .register(
            Topics.CHECKPOINTS.subject(PIPELINE),
            new AvroSchema(
                AvroSchemaUtils.getSchema(
                    Manifests.of(MODEL, 5, 0, 1).build(), false, false, true)));
    Node[] none = new Node[0];
    consumer.updatePartitions(
        codec.topic(), List.of(new PartitionInfo(codec.topic(), 0, null, none, none)));
    consumer.updateEndOffsets(Map.of(partition, 0L));
    // No patience: one look.
    succession =
        new Succession(
            new CheckpointWatch(consumer, codec, MODEL), () -> ownedByAnother, Duration.ZERO);
    succession.resumed(4);
  }

  @AfterEach
  void close() {
    succession.close();
    wire.close();
    MockSchemaRegistry.dropScope("succession-test");
  }

  @Test
  void shouldTellATakeOverFromARestoredCheckpoint() {
    assertThat(succession.successor()).isEmpty();

    publish(Manifests.of(MODEL, 5, 0, 1).build());
    assertThat(succession.successor().orElseThrow())
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("another trainer");

    publish(Manifests.restored(Manifests.of(MODEL, 6, 0, 1), 2));
    assertThat(succession.successor().orElseThrow())
        .isInstanceOfSatisfying(
            CheckpointRestoredException.class,
            restored -> assertThat(restored.version()).isEqualTo(6));
  }

  @Test
  void shouldTakeNoManifestOfItsOwnForASuccessors() {
    Checkpoint own = Manifests.of(MODEL, 5, 0, 1).setCreatedAt(CREATED).build();
    succession.handedOver(own);
    publish(own);

    // As yet it is not known whether it was committed.
    assertThat(succession.successor()).isEmpty();
    succession.committed();
    assertThat(succession.successor()).isEmpty();
  }

  @Test
  void shouldTellASuccessorsManifestFromItsOwnOfTheSameVersion() {
    succession.handedOver(Manifests.of(MODEL, 5, 0, 1).setCreatedAt(CREATED).build());
    publish(Manifests.of(MODEL, 5, 0, 1).setCreatedAt(CREATED.plusMillis(1)).build());

    assertThat(succession.successor()).isPresent();
  }

  @Test
  void shouldExplainAFailedWriteByTheCheckpointThatWasRestored() {
    TrainingStoppedException failed = failed(new KafkaException("unexpected error in END_TXN"));
    assertThat(succession.explain(failed)).isSameAs(failed);

    publish(Manifests.restored(Manifests.of(MODEL, 5, 0, 1), 2));

    assertThat(succession.explain(failed)).isInstanceOf(CheckpointRestoredException.class);
  }

  @Test
  void shouldLeaveAWriteUnexplainedThatMayHaveBeenCommitted() {
    Checkpoint own = Manifests.of(MODEL, 5, 0, 1).setCreatedAt(CREATED).build();
    succession.handedOver(own);
    publish(own);
    TrainingStoppedException unknown = failed(new TimeoutException("no answer"));

    assertThat(succession.explain(unknown)).isSameAs(unknown);
  }

  @Test
  void shouldLeaveUnexplainedWhatNoBrokerSaid() {
    publish(Manifests.of(MODEL, 5, 0, 1).build());
    TrainingStoppedException damaged = failed(new IllegalStateException("damaged"));
    TrainingStoppedException interrupted = new TrainingStoppedException("interrupted");

    assertThat(succession.explain(damaged)).isSameAs(damaged);
    assertThat(succession.explain(interrupted)).isSameAs(interrupted);
    try {
      TrainingStoppedException stopped = failed(new InterruptException("stopped"));
      assertThat(succession.explain(stopped)).isSameAs(stopped);
    } finally {
      // An InterruptException interrupts its thread.
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void shouldCallItAnOutageWhereItWasFencedAndThereIsNoSuccessor() {
    RuntimeException reason =
        succession.explain(new TakenOverException(new KafkaException("fenced")));

    assertThat(reason)
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("the brokers ended a transaction");
    assertThat(Outages.explain(reason)).isTrue();
  }

  @Test
  void shouldSayThatItWasFencedWhereTheSuccessorHasPublishedNothing() {
    TakenOverException fenced = new TakenOverException(new KafkaException("fenced"));
    ownedByAnother = true;

    assertThat(succession.explain(fenced))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("another trainer")
        .hasCause(fenced);
  }

  @Test
  void shouldKeepTheFailureWhereTheClusterDoesNotTell() {
    TrainingStoppedException failed = failed(new KafkaException("unexpected"));
    consumer.setPollException(new KafkaException("no more"));

    assertThat(succession.explain(failed)).isSameAs(failed);
  }

  private static TrainingStoppedException failed(RuntimeException cause) {
    return new TrainingStoppedException("neither committed nor aborted", cause);
  }

  private void publish(Checkpoint manifest) {
    consumer.addRecord(
        new ConsumerRecord<>(codec.topic(), 0, offset++, MODEL, codec.encode(manifest)));
  }
}
