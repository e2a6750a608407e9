package io.distillstream.chaos.audit;

import io.distillstream.avro.Checkpoint;
import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.examples.HeldOutRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was acknowledged, beside what became of it.
 *
 * @param acknowledged request ids
 * @param newest the checkpoint whose lineage is looked at
 * @param dealtWith how often each request lies in the lineage's offsets
 * @param copies how often each request is on the topic of held-out ones
 * @param untrained the trainer's rule
 */
record Account(
    List<String> acknowledged,
    Checkpoint newest,
    Map<String, Integer> dealtWith,
    Map<String, Integer> copies,
    HeldOutRule untrained) {

  /** Whether everything acknowledged has been dealt with. */
  boolean complete() {
    return missing().isEmpty() && uncopied().isEmpty();
  }

  /**
   * To be trained, and not trained. Held-out ones are looked for among the copies: behind the last
   * record that was trained no checkpoint has them in its offsets.
   */
  private Set<String> missing() {
    return acknowledged.stream()
        .filter(id -> !untrained.holdsOut(id) && !dealtWith.containsKey(id))
        .collect(Collectors.toSet());
  }

  /** To be held out, and not copied exactly once. */
  private Set<String> uncopied() {
    return acknowledged.stream()
        .filter(id -> untrained.holdsOut(id) && copies.getOrDefault(id, 0) != 1)
        .collect(Collectors.toSet());
  }

  void judge(Evidence evidence) {
    missing().forEach(id -> evidence.against(Promise.NOTHING_LOST, id));
    uncopied()
        .forEach(
            id ->
                evidence.against(
                    Promise.HELD_OUT_ONCE, id + ": " + copies.getOrDefault(id, 0) + " copies"));
    dealtWith.forEach(
        (id, times) -> {
          if (times > 1) {
            evidence.against(Promise.NOTHING_TWICE, id + ": " + times + " times");
          }
        });
    Set<String> trained =
        dealtWith.keySet().stream()
            .filter(id -> !untrained.holdsOut(id))
            .collect(Collectors.toSet());
    judgeSum(trained, evidence);
    judgeCounts(trained.size(), dealtWith.size() - trained.size(), evidence);
  }

  private void judgeSum(Set<String> trained, Evidence evidence) {
    long sum = trained.stream().mapToLong(Sha256::leadingLong).sum();
    if (newest.getLineageDigest() != sum) {
      evidence.against(
          Promise.LINEAGE_AGREES,
          "checkpoint %d has %d as the sum of its request ids, its offsets give %d"
              .formatted(newest.getVersion(), newest.getLineageDigest(), sum));
    }
  }

  /**
   * @param heldOut in the lineage's offsets; offsets of nothing but held-out requests are committed
   *     without a checkpoint, too, so that these are the least there can be
   */
  private void judgeCounts(int trained, int heldOut, Evidence evidence) {
    if (newest.getRecordsTrained() != trained
        || newest.getHeldOutRecords() < heldOut
        || newest.getHeldOutRecords() > copies.size()) {
      evidence.against(
          Promise.LINEAGE_AGREES,
          "checkpoint %d says %d trained and %d held out; its offsets give %d and %d, with %d copies"
              .formatted(
                  newest.getVersion(),
                  newest.getRecordsTrained(),
                  newest.getHeldOutRecords(),
                  trained,
                  heldOut,
                  copies.size()));
    }
  }
}
