package io.distillstream.chaos.audit;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.TrainingExample;
import io.distillstream.chaos.audit.PlantedRecords.Origin;
import io.distillstream.chaos.watch.CommittedOutput;
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
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
   * Waits until everything acknowledged is in a published checkpoint, and then looks.
   *
   * @param acknowledged request ids
   * @param deadLetters origins of all dead letters at the time
   */
  public void run(
      List<String> acknowledged,
      Supplier<Set<Origin>> deadLetters,
      Duration patience,
      Evidence evidence)
      throws InterruptedException {
    try (WireFormat wire = new WireFormat(cluster)) {
      Codec<TrainingExample> examples = wire.codec(Topics.TRAINING_EXAMPLES, pipeline);
      long deadline = System.nanoTime() + patience.toNanos();
      while (output.checkpoints().isEmpty()) {
        if (System.nanoTime() > deadline) {
          evidence.against(Promise.NOTHING_LOST, "no checkpoint was ever committed");
          return;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      }
      Account account = look(acknowledged, deadLetters, examples);
      while (!account.complete() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        account = look(acknowledged, deadLetters, examples);
      }
      account.judge(evidence);
    }
  }

  private Account look(
      List<String> acknowledged,
      Supplier<Set<Origin>> deadLetters,
      Codec<TrainingExample> examples) {
    NavigableMap<Long, Checkpoint> history = output.checkpoints();
    Checkpoint newest = history.lastEntry().getValue();
    // The trainer's own are committed with the checkpoint that passes them over, and so are here.
    Set<Origin> refused = deadLetters.get();
    Map<String, Integer> dealtWith =
        TrainedRequests.count(
            TrainedRequests.lineage(newest, history),
            cluster,
            examples,
            record ->
                !refused.contains(new Origin(record.topic(), record.partition(), record.offset())));
    return new Account(acknowledged, newest, dealtWith, copies(), untrained);
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
}
