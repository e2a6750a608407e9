package io.distillstream.artifacts;

import static io.distillstream.artifacts.QuantizerHarness.LENIENT;
import static io.distillstream.artifacts.QuantizerHarness.PATIENCE;
import static io.distillstream.artifacts.QuantizerHarness.eventTimes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Restored;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Candidates against what devices run: students 1 are as their teacher, all others know little. */
@ExtendWith(SharedCluster.class)
class IncumbentIT {
  private static final int HELD_OUT = 900;

  private final EmbeddedCluster cluster;

  @TempDir Path folder;
  private QuantizerHarness harness;

  IncumbentIT(EmbeddedCluster cluster) {
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
  void shouldRefuseWhatIsWorseAndPublishWhatIsAsGoodAfterARestart() throws Exception {
    new HeldOutTraffic(harness.context).send("another", 200, FakeTrainer.student(2));
    new HeldOutTraffic(harness.context).send(FakeTrainer.MODEL, HELD_OUT, FakeTrainer.student(1));
    try (QuantizerService service = harness.started(LENIENT)) {
      send(1, 1);
      assertThat(harness.awaitUpdates("stable", 1).get(0).getIncumbent()).isNull();
      send(2, 2);

      TrainingEvent refusal = awaitRefusals(1).get(0);

      assertThat(refusal.getVersion()).isEqualTo(2);
      assertThat(refusal.getChannel()).isEqualTo("stable");
      assertThat(refusal.getModel()).isEqualTo(FakeTrainer.MODEL);
      assertThat(refusal.getMessage()).contains("version 2 against version 1", "stable");
      assertThat(refusal.getDetails())
          .containsEntry("incumbent", 1.0)
          .containsEntry("looks", 1.0)
          .containsEntry("samples", (double) HELD_OUT)
          .containsEntry("margin", 0.01);
      assertThat(refusal.getDetails().get("difference")).isLessThan(-0.1);
      assertThat(harness.context.stage("quantizer").count("candidates_worse")).isEqualTo(1);
      assertThat(service.healthy()).isTrue();
    }
    assertThat(folder.resolve("quantizer").resolve("rejected-student-stable/reasons.txt"))
        .content()
        .contains("checkpoint: 2", "version 2 against version 1");

    try (QuantizerService service = harness.started(LENIENT)) {
      send(3, 1);
      ModelUpdate update = harness.awaitUpdates("stable", 2).get(1);

      assertThat(update.getVersion()).isEqualTo(3);
      assertThat(update.getEventTimes().getStartsMillis()).isEqualTo(eventTimes(2, 3));
      assertThat(update.getIncumbent().getVersion()).isEqualTo(1);
      assertThat(update.getIncumbent().getLooks()).isEqualTo(2);
      assertThat(update.getIncumbent().getSamples()).isEqualTo(HELD_OUT);
      assertThat(update.getIncumbent().getAgreement()).isGreaterThan(0.9);
      assertThat(update.getIncumbent().getLowerBound()).isBetween(-0.01, 0.0);
      assertThat(update.getIncumbent().getWorstClassDifference()).isZero();
      assertThat(service.healthy()).isTrue();
    }
  }

  @Test
  void shouldPublishWhatAnOperatorRestoredAndWhatContinuesIt() throws Exception {
    new HeldOutTraffic(harness.context).send(FakeTrainer.MODEL, HELD_OUT, FakeTrainer.student(1));
    try (QuantizerService service = harness.started(LENIENT)) {
      send(1, 1);
      harness.awaitUpdates("stable", 1);
      assertThat(service.healthy()).isTrue();
    }
    harness.trainer.sendCheckpoint(
        2,
        FakeTrainer.student(2).bytes(),
        checkpoint ->
            Checkpoint.newBuilder(checkpoint).setRestored(new Restored(1L, List.of())).build());
    send(3, 2);

    try (QuantizerService service = harness.started(LENIENT)) {
      ModelUpdate update = harness.awaitUpdates("stable", 2).get(1);

      assertThat(update.getVersion()).isEqualTo(3);
      assertThat(update.getIncumbent()).isNull();
      send(4, 1);
      assertThat(harness.awaitUpdates("stable", 3).get(2).getIncumbent().getVersion()).isEqualTo(3);
      assertThat(service.healthy()).isTrue();
    }
  }

  @Test
  void shouldCompareWithWhatAnotherInstancePublishedMeanwhile() throws Exception {
    new HeldOutTraffic(harness.context).send(FakeTrainer.MODEL, HELD_OUT, FakeTrainer.student(1));
    ServiceContext other =
        ServiceContext.connect(
            harness.context.pipeline(),
            harness.context.cluster(),
            folder.resolve("other"),
            "other");
    try (QuantizerService second =
        new QuantizerService(QuantizerHarness.settings(LENIENT), other)) {
      try (QuantizerService first = harness.started(LENIENT)) {
        second.start();
        send(1, 1);
        harness.awaitUpdates("stable", 1);
        assertThat(first.healthy()).isTrue();
      }

      send(2, 2);
      TrainingEvent refusal = awaitRefusals(1).get(0);

      assertThat(refusal.getVersion()).isEqualTo(2);
      assertThat(refusal.getDetails()).containsEntry("incumbent", 1.0).containsEntry("looks", 1.0);
      assertThat(second.healthy()).isTrue();
    } finally {
      other.close();
    }
  }

  @Test
  void shouldPublishUncomparedWhereFewRequestsAreHeldOutOrNobodyAsks() throws Exception {
    new HeldOutTraffic(harness.context).send(FakeTrainer.MODEL, 50, FakeTrainer.student(1));
    try (QuantizerService service = harness.started(LENIENT)) {
      send(1, 1);
      harness.awaitUpdates("stable", 1);
      send(2, 2);
      assertThat(harness.awaitUpdates("stable", 2).get(1).getIncumbent()).isNull();
      assertThat(service.healthy()).isTrue();
    }
    Map<String, String> off =
        QuantizerHarness.with(
            LENIENT,
            "quantizer.incumbent.enabled",
            "false",
            "quantizer.held-out.min-samples",
            "10");
    try (QuantizerService service = harness.started(off)) {
      send(3, 3);
      assertThat(harness.awaitUpdates("stable", 3).get(2).getIncumbent()).isNull();
      assertThat(service.healthy()).isTrue();
    }
  }

  private void send(long version, long student) {
    harness.trainer.sendCheckpoint(
        version,
        FakeTrainer.student(student).bytes(),
        checkpoint -> Checkpoint.newBuilder(checkpoint).setHeldOutRecords(HELD_OUT).build());
  }

  private List<TrainingEvent> awaitRefusals(int count) {
    return await().atMost(PATIENCE).until(this::refusals, found -> found.size() >= count);
  }

  private List<TrainingEvent> refusals() throws UndecodableRecordException {
    Codec<TrainingEvent> codec =
        harness.context.wire().codec(Topics.TRAINING_EVENTS, harness.context.pipeline());
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(harness.context.cluster())) {
      scan.read(scan.whole(codec.topic()), records::add);
    }
    List<TrainingEvent> events = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      assertThat(record.key()).isEqualTo(FakeTrainer.MODEL);
      events.add(codec.decode(record.value()));
    }
    assertThat(events).allMatch(event -> event.getKind() == TrainingEventKind.REFUSED);
    return events;
  }
}
