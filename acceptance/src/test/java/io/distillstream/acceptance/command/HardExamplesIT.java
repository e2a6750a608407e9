package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.TrainingExample;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.feed.LoggedTexts;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline, the real teacher: hard examples go round and are told apart everywhere. */
class HardExamplesIT {
  private static final int TRAFFIC = 480;
  private static final HeldOutRule UNTRAINED = new HeldOutRule(20);
  private static final long LEARNED =
      IntStream.range(0, TRAFFIC).filter(i -> !UNTRAINED.holdsOut(GlossTraffic.id(i))).count();
  private static final double SHARE = 0.1;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String MODEL = "student";

  @Test
  void shouldGoFromTheTrainerRoundToTheTrainer(@TempDir Path folder) throws Exception {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("data.folder", folder.toString()),
            Map.entry("local.broker-port", "0"),
            Map.entry("local.registry-port", "0"),
            Map.entry("teacher.http.port", "0"),
            Map.entry("monitor.port", "0"),
            Map.entry("gateway.port", "0"),
            Map.entry("trainer.width", "32"),
            Map.entry("trainer.blocks", "1"),
            Map.entry("trainer.embedding-start", "random"),
            Map.entry("trainer.checkpoint-records", "96"),
            Map.entry("trainer.checkpoint-interval", "2s"),
            Map.entry("trainer.held-out.one-in", Long.toString(UNTRAINED.oneIn())),
            Map.entry("trainer.consistency.weight", "1"),
            Map.entry("trainer.augmentation.max-share", Double.toString(SHARE)),
            Map.entry("trainer.augmentation.start-records", "0"));
    try (LocalPipeline pipeline =
        LocalPipeline.start(
            ServicePlan.embedded(Settings.load(AllSettings.list(), values)), line -> {})) {
      GlossTraffic.send(pipeline.cluster(), 0, TRAFFIC);

      Log log = new Log(pipeline.context());
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                pipeline.requireAlive();
                Checkpoint newest = log.newest();
                // What was made of the last records is still on its way.
                assertThat(newest.getRecordsTrained() - newest.getAugmentedTrained())
                    .isEqualTo(LEARNED);
                assertThat(log.read(Topics.HELD_OUT)).hasSize(TRAFFIC - (int) LEARNED);
                assertThat(newest.getAugmentedTrained()).isGreaterThan(20);
              });

      assertRequests(log.read(Topics.REQUESTS));
      assertExamples(log.read(Topics.TRAINING_EXAMPLES));
      assertHeldOut(log.read(Topics.HELD_OUT));
      assertCheckpoints(log.checkpoints());
      assertTrafficAlone(pipeline);
    }
  }

  /** Traffic alone: no hard example is held out, nor is one made of what is. */
  private static void assertHeldOut(List<HeldOutExample> copies) {
    assertThat(copies)
        .isNotEmpty()
        .allSatisfy(
            copy -> {
              assertThat(copy.getModel()).isEqualTo(MODEL);
              assertThat(copy.getExample().getAugmentation()).isNull();
            });
    assertThat(copies)
        .extracting(copy -> copy.getExample().getRequestId())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, TRAFFIC)
                .mapToObj(GlossTraffic::id)
                .filter(UNTRAINED::holdsOut)
                .toList());
  }

  private static void assertRequests(List<InferenceRequest> requests) {
    List<InferenceRequest> made =
        requests.stream().filter(request -> request.getAugmentation() != null).toList();
    assertThat(made).extracting(InferenceRequest::getRequestId).doesNotHaveDuplicates();
    Map<String, String> texts = new HashMap<>();
    requests.forEach(request -> texts.put(request.getRequestId(), request.getInput().getText()));
    for (InferenceRequest request : made) {
      Augmentation mark = request.getAugmentation();
      assertThat(mark.getModel()).isEqualTo(MODEL);
      assertThat(mark.getSourceRequestId()).startsWith("gloss-").doesNotContain("~");
      assertThat(UNTRAINED.holdsOut(mark.getSourceRequestId())).isFalse();
      assertThat(request.getInput().getText()).isNotEqualTo(texts.get(mark.getSourceRequestId()));
    }
  }

  /** Labelled as any text is, and never with the truth of their sources. */
  private static void assertExamples(List<TrainingExample> examples) {
    assertThat(examples)
        .filteredOn(example -> example.getAugmentation() != null)
        .isNotEmpty()
        .allSatisfy(
            example -> {
              assertThat(example.getGroundTruth()).isNull();
              assertThat(example.getTeachers()).hasSize(1);
              assertThat(example.getRequestId())
                  .startsWith(example.getAugmentation().getSourceRequestId() + "~" + MODEL);
            });
    assertThat(examples)
        .filteredOn(example -> example.getAugmentation() == null)
        .hasSize(TRAFFIC)
        .allSatisfy(example -> assertThat(example.getGroundTruth()).isNotNull());
  }

  private static void assertCheckpoints(Collection<Checkpoint> checkpoints) {
    long live = 0;
    for (Checkpoint checkpoint : checkpoints) {
      double bound = SHARE * checkpoint.getRecordsTrained();
      assertThat((double) checkpoint.getAugmentedTrained()).isLessThanOrEqualTo(bound);
      assertThat((double) checkpoint.getAugmentedSent()).isLessThanOrEqualTo(bound);
      live += EventTimeHistogram.from(checkpoint.getEventTimes()).records();
      assertThat(live).isEqualTo(checkpoint.getRecordsTrained() - checkpoint.getAugmentedTrained());
    }
    assertThat(checkpoints)
        .first()
        .satisfies(first -> assertThat(first.getTraining().getConsistency()).isPositive());
  }

  private static void assertTrafficAlone(LocalPipeline pipeline) {
    Set<String> texts = new HashSet<>();
    List<String> all = new ArrayList<>();
    LoggedTexts.read(
        pipeline.cluster().connection(),
        pipeline.cluster().pipeline(),
        text -> {
          texts.add(text);
          all.add(text);
        });
    assertThat(all).hasSize(TRAFFIC);
    assertThat(texts)
        .isSubsetOf(
            WordNetGlosses.load().traffic().stream().limit(TRAFFIC).map(Gloss::text).toList());
  }

  /** What readers of committed records see. */
  private record Log(ServiceContext context) {

    Collection<Checkpoint> checkpoints() throws Exception {
      Codec<Checkpoint> codec = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
      return CheckpointHistory.read(context.cluster(), codec, MODEL).values();
    }

    Checkpoint newest() throws Exception {
      List<Checkpoint> all = List.copyOf(checkpoints());
      assertThat(all).isNotEmpty();
      return all.get(all.size() - 1);
    }

    <T extends SpecificRecord> List<T> read(Topic<T> topic) throws Exception {
      Codec<T> codec = context.wire().codec(topic, context.pipeline());
      List<T> records = new ArrayList<>();
      try (KafkaConsumer<String, byte[]> consumer =
          new KafkaConsumer<>(context.cluster().readerProperties())) {
        List<TopicPartition> partitions =
            consumer.partitionsFor(codec.topic()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream()
            .anyMatch(
                partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            records.add(codec.decode(record.value()));
          }
        }
      }
      return records;
    }
  }
}
