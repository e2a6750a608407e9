package io.distillstream.trainer;

import io.distillstream.trainer.engine.TrainingBatch;
import java.time.Instant;
import java.util.Map;

/**
 * One training example, decoded and tokenized. The arrays are taken over, not copied; they are read
 * only.
 *
 * @param requestId unique within the pipeline
 * @param tokens word-piece ids, at least one
 * @param teacherLogits raw logits {@code [classes]}, never softened
 * @param truth index of the human label, or {@link TrainingBatch#UNKNOWN}
 * @param receivedAt when the request came in
 * @param teacherVersions teacher id to the version that gave the logits
 */
@SuppressWarnings("ArrayRecordComponent")
public record Example(
    String requestId,
    int[] tokens,
    float[] teacherLogits,
    int truth,
    Instant receivedAt,
    Map<String, String> teacherVersions) {

  public Example {
    teacherVersions = Map.copyOf(teacherVersions);
  }
}
