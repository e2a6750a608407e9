package io.distillstream.trainer.examples;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One training example, decoded and tokenized. The arrays are taken over, not copied; they are read
 * only.
 *
 * @param requestId unique within the pipeline
 * @param tokens word-piece ids, at least one
 * @param target what the teacher said
 * @param embedding the teacher's, empty where it gave none
 * @param truth index of the human label, or {@link TrainingBatch#UNKNOWN}
 * @param passage when it came by where
 * @param teacherVersions teacher id to the version that gave the logits
 * @param origin what it is: live traffic, the student's own hard example, a made-up text, or a
 *     correction
 */
@SuppressWarnings("ArrayRecordComponent")
public record Example(
    String requestId,
    int[] tokens,
    SoftTarget target,
    float[] embedding,
    int truth,
    Passage passage,
    Map<String, String> teacherVersions,
    Origin origin) {

  public Example {
    teacherVersions = Map.copyOf(teacherVersions);
  }

  /** Whether it is traffic, met for the first time. */
  public boolean live() {
    return origin == Origin.LIVE;
  }

  /** Whether it is no traffic but the student's own hard example. */
  public boolean augmented() {
    return origin == Origin.AUGMENTED;
  }

  /** Whether it is no traffic but a text made up since there was none yet. */
  public boolean synthetic() {
    return origin == Origin.SYNTHETIC;
  }

  /** Whether it was met before, without its truth. */
  public boolean corrected() {
    return origin == Origin.CORRECTED;
  }

  /**
   * The way of a request so far.
   *
   * @param receivedAt when it came in
   * @param labelledAt when its teacher, or the last of them, had answered
   * @param joinedAt when nothing more was waited for; null where that is not known
   */
  public record Passage(Instant receivedAt, Instant labelledAt, @Nullable Instant joinedAt) {

    /** Of a request that was answered at once. */
    public static Passage at(Instant receivedAt) {
      return new Passage(receivedAt, receivedAt, receivedAt);
    }
  }

  /** When the request came in. */
  public Instant receivedAt() {
    return passage.receivedAt();
  }

  /** An example of live traffic. */
  public Example(
      String requestId,
      int[] tokens,
      SoftTarget target,
      float[] embedding,
      int truth,
      Instant receivedAt,
      Map<String, String> teacherVersions) {
    this(
        requestId,
        tokens,
        target,
        embedding,
        truth,
        Passage.at(receivedAt),
        teacherVersions,
        Origin.LIVE);
  }

  /**
   * An example with all logits and without an embedding.
   *
   * @param teacherLogits raw logits {@code [classes]}, never softened
   */
  public Example(
      String requestId,
      int[] tokens,
      float[] teacherLogits,
      int truth,
      Instant receivedAt,
      Map<String, String> teacherVersions) {
    this(
        requestId,
        tokens,
        new DenseTarget(teacherLogits),
        new float[0],
        truth,
        receivedAt,
        teacherVersions);
  }
}
