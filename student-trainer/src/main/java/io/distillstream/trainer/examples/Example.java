package io.distillstream.trainer.examples;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.time.Instant;
import java.util.Map;

/**
 * One training example, decoded and tokenized. The arrays are taken over, not copied; they are read
 * only.
 *
 * @param requestId unique within the pipeline
 * @param tokens word-piece ids, at least one
 * @param target what the teacher said
 * @param embedding the teacher's, empty where it gave none
 * @param truth index of the human label, or {@link TrainingBatch#UNKNOWN}
 * @param receivedAt when the request came in
 * @param teacherVersions teacher id to the version that gave the logits
 * @param augmented whether it is no live traffic but the student's own hard example
 */
@SuppressWarnings("ArrayRecordComponent")
public record Example(
    String requestId,
    int[] tokens,
    SoftTarget target,
    float[] embedding,
    int truth,
    Instant receivedAt,
    Map<String, String> teacherVersions,
    boolean augmented) {

  public Example {
    teacherVersions = Map.copyOf(teacherVersions);
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
    this(requestId, tokens, target, embedding, truth, receivedAt, teacherVersions, false);
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
