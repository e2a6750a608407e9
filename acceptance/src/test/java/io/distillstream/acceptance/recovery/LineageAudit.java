package io.distillstream.acceptance.recovery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.checkpoints.TrainedRequests;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.TopicScan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Collectors;
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
          TrainedRequests.count(
              TrainedRequests.lineage(newest, history),
              cluster,
              wire.codec(Topics.TRAINING_EXAMPLES, pipeline),
              record -> true);
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
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(scan.whole(Topics.HELD_OUT.in(pipeline)), record -> ids.add(record.key()));
    }
    return ids;
  }
}
