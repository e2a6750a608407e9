package io.distillstream.local;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.TrainingExample;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * What the topics say of a model's training, whatever befell the processes.
 *
 * @param untrained which requests the model never learns
 */
record LineageAudit(
    ClusterConnection cluster, Pipeline pipeline, String model, HeldOutRule untrained) {

  /**
   * Waits until every request is in a published checkpoint, and requires that the lineage of the
   * newest one holds each exactly once, but for those held out, which are published as such once.
   */
  void requireTrainedOnce(List<String> sent) throws Exception {
    Map<Boolean, List<String>> ids =
        sent.stream().collect(Collectors.partitioningBy(untrained::holdsOut));
    List<String> learned = requireNonNull(ids.get(false));
    List<String> heldOut = requireNonNull(ids.get(true));
    try (WireFormat wire = new WireFormat(cluster.registryUrl())) {
      Codec<Checkpoint> manifests = wire.codec(Topics.CHECKPOINTS, pipeline);
      Awaitility.await("all records in a published checkpoint")
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                NavigableMap<Long, Checkpoint> history =
                    CheckpointHistory.read(cluster, manifests, model);
                assertThat(history).as("checkpoints").isNotEmpty();
                assertThat(history.lastEntry().getValue().getRecordsTrained())
                    .isGreaterThanOrEqualTo(learned.size());
                assertThat(heldOutIds()).hasSizeGreaterThanOrEqualTo(heldOut.size());
              });
      assertThat(heldOutIds()).containsExactlyInAnyOrderElementsOf(heldOut).isNotEmpty();
      NavigableMap<Long, Checkpoint> history = CheckpointHistory.read(cluster, manifests, model);
      Checkpoint newest = history.lastEntry().getValue();
      Map<String, Integer> trained =
          idsOf(lineage(newest, history), wire.codec(Topics.TRAINING_EXAMPLES, pipeline));
      assertThat(trained.values()).containsOnly(1);
      // What is held out after the last record that was trained lies before no checkpoint.
      assertThat(newest.getHeldOutRecords())
          .isEqualTo(trained.keySet().stream().filter(untrained::holdsOut).count());
      trained.keySet().removeIf(untrained::holdsOut);
      assertThat(trained.keySet()).containsExactlyInAnyOrderElementsOf(learned);
      // The state itself says what it was trained on, independently of the offsets.
      assertThat(newest.getRecordsTrained()).isEqualTo(learned.size());
      assertThat(newest.getLineageDigest())
          .isEqualTo(learned.stream().mapToLong(Sha256::leadingLong).sum());
    }
  }

  /** Of every copy that a reader of committed records sees. */
  private List<String> heldOutIds() {
    List<String> ids = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.HELD_OUT.in(pipeline)).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> ids.add(record.key()));
      }
    }
    return ids;
  }

  /** The newest checkpoint and its ancestors back to the fresh start. */
  private static List<Checkpoint> lineage(
      Checkpoint newest, NavigableMap<Long, Checkpoint> history) {
    List<Checkpoint> lineage = new ArrayList<>();
    Checkpoint checkpoint = newest;
    lineage.add(checkpoint);
    while (checkpoint.getParentVersion() != 0) {
      checkpoint = requireNonNull(history.get(checkpoint.getParentVersion()));
      lineage.add(checkpoint);
    }
    return lineage;
  }

  /** How often each request id lies in the offset ranges that the lineage was trained from. */
  private Map<String, Integer> idsOf(List<Checkpoint> lineage, Codec<TrainingExample> codec)
      throws UndecodableRecordException {
    Map<String, Integer> ids = new HashMap<>();
    Map<Integer, List<OffsetRange>> ranges = new TreeMap<>();
    for (Checkpoint checkpoint : lineage) {
      for (OffsetRange range : checkpoint.getOffsets()) {
        ranges.computeIfAbsent(range.getPartition(), p -> new ArrayList<>()).add(range);
      }
    }
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      for (Map.Entry<Integer, List<OffsetRange>> entry : ranges.entrySet()) {
        TopicPartition partition = new TopicPartition(codec.topic(), entry.getKey());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
        while (consumer.position(partition) < end) {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            int times =
                (int)
                    entry.getValue().stream()
                        .filter(
                            range ->
                                range.getFromOffset() <= record.offset()
                                    && record.offset() < range.getToOffset())
                        .count();
            if (times > 0) {
              ids.merge(codec.decode(record.value()).getRequestId(), times, Integer::sum);
            }
          }
        }
      }
    }
    return ids;
  }
}
