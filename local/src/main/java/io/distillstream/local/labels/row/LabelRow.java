package io.distillstream.local.labels.row;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one teacher said of one request, and the truth where it is known.
 *
 * @param distribution what it said
 * @param embedding its vector of the text, {@code [dimension]}; null where it is not published
 * @param labelSpace fingerprint of the ordered label names
 * @param relabelled whether the request had a label before
 * @param truth null where it is not known
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelRow(
    String requestId,
    String text,
    NamedDistribution distribution,
    float @Nullable [] embedding,
    String teacherId,
    String teacherVersion,
    String labelSpace,
    boolean relabelled,
    Instant receivedAt,
    Instant labelledAt,
    @Nullable Truth truth) {

  /** What the right answer turned out to be. */
  public record Truth(String label, Instant observedAt) {}
}
