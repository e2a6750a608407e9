package io.distillstream.chaos.audit;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.TrainingExample;
import io.distillstream.chaos.audit.PlantedRecords.Origin;
import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.checkpoints.TrainedRequests;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.TopicScan;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Compares what was acknowledged with what the published lineage was trained on, by its offset
 * ranges and by the state's own sum.
 */
public final class LineageAudit {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final ClusterConnection cluster;
  private final Pipeline pipeline;
  private final CommittedOutput output;
  private final HeldOutRule untrained;

  /**
   * @param untrained the trainer's rule
   */
  public LineageAudit(
      ClusterConnection cluster, Pipeline pipeline, CommittedOutput output, HeldOutRule untrained) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.output = output;
    this.untrained = untrained;
  }

  /**
   * What a look found.
   *
   * @param dealtWith how often each request lies in the lineage's offsets
   * @param copies how often each request is on the topic of held-out ones
   * @param missing acknowledged, to be trained, and not trained
   * @param repeated trained more than once
   * @param uncopied acknowledged, to be held out, and not copied exactly once
   */
  private record Found(
      Checkpoint newest,
      Map<String, Integer> dealtWith,
      Map<String, Integer> copies,
      Set<String> missing,
      Set<String> repeated,
      Set<String> uncopied) {
    boolean complete() {
      return missing.isEmpty() && uncopied.isEmpty();
    }
  }

  /**
   * Waits until everything acknowledged is in a published checkpoint, and then looks.
   *
   * @param acknowledged request ids
   * @param deadLetters origins of all dead letters
   */
  public void run(
      List<String> acknowledged, Set<Origin> deadLetters, Duration patience, Evidence evidence)
      throws InterruptedException {
    try (WireFormat wire = new WireFormat(cluster.registryUrl())) {
      Codec<TrainingExample> examples = wire.codec(Topics.TRAINING_EXAMPLES, pipeline);
      long deadline = System.nanoTime() + patience.toNanos();
      Found found = look(acknowledged, deadLetters, examples);
      while (!found.complete() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        found = look(acknowledged, deadLetters, examples);
      }
      judge(found, evidence);
    }
  }

  private Found look(
      List<String> acknowledged, Set<Origin> deadLetters, Codec<TrainingExample> examples) {
    NavigableMap<Long, Checkpoint> history = output.checkpoints();
    Checkpoint newest = history.lastEntry().getValue();
    Map<String, Integer> dealtWith =
        TrainedRequests.count(
            TrainedRequests.lineage(newest, history),
            cluster,
            examples,
            record ->
                !deadLetters.contains(
                    new Origin(record.topic(), record.partition(), record.offset())));
    Map<String, Integer> copies = copies();
    Set<String> missing = new HashSet<>(acknowledged);
    missing.removeAll(dealtWith.keySet());
    // Those are looked for among the copies: behind the last record that was trained no checkpoint
    // has them in its offsets.
    missing.removeIf(untrained::holdsOut);
    Set<String> repeated = new HashSet<>();
    dealtWith.forEach(
        (id, times) -> {
          if (times > 1) {
            repeated.add(id);
          }
        });
    Set<String> uncopied = new HashSet<>();
    acknowledged.stream()
        .filter(id -> untrained.holdsOut(id) && copies.getOrDefault(id, 0) != 1)
        .forEach(uncopied::add);
    return new Found(newest, dealtWith, copies, missing, repeated, uncopied);
  }

  /** How often each request is on the topic of held-out ones. */
  private Map<String, Integer> copies() {
    Map<String, Integer> copies = new HashMap<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(Topics.HELD_OUT.in(pipeline)),
          record -> {
            if (record.key() != null
                && record.headers().lastHeader(CommittedOutput.PLANTED) == null) {
              copies.merge(record.key(), 1, Integer::sum);
            }
          });
    }
    return copies;
  }

  private void judge(Found found, Evidence evidence) {
    found.missing().forEach(id -> evidence.against(Promise.NOTHING_LOST, id));
    found.repeated().forEach(id -> evidence.against(Promise.NOTHING_TWICE, id));
    found
        .uncopied()
        .forEach(
            id ->
                evidence.against(
                    Promise.HELD_OUT_ONCE,
                    id + ": " + found.copies().getOrDefault(id, 0) + " copies"));
    Set<String> trained = new HashSet<>(found.dealtWith().keySet());
    trained.removeIf(untrained::holdsOut);
    long sum = trained.stream().mapToLong(Sha256::leadingLong).sum();
    Checkpoint newest = found.newest();
    if (newest.getLineageDigest() != sum) {
      evidence.against(
          Promise.LINEAGE_AGREES,
          "checkpoint %d has %d as the sum of its request ids, its offsets give %d"
              .formatted(newest.getVersion(), newest.getLineageDigest(), sum));
    }
    // Offsets of nothing but held-out requests are committed without a checkpoint, too.
    long least = found.dealtWith().keySet().stream().filter(untrained::holdsOut).count();
    long most = found.copies().size();
    if (newest.getRecordsTrained() != trained.size()
        || newest.getHeldOutRecords() < least
        || newest.getHeldOutRecords() > most) {
      evidence.against(
          Promise.LINEAGE_AGREES,
          "checkpoint %d says %d trained and %d held out, its offsets give %d and %d, with %d copies"
              .formatted(
                  newest.getVersion(),
                  newest.getRecordsTrained(),
                  newest.getHeldOutRecords(),
                  trained.size(),
                  least,
                  most));
    }
  }
}
