package io.distillstream.tap.metrics;

import java.util.Locale;

/** Why an exchange leaves no record. */
public enum Unrecorded {
  /** It was not among the share that is recorded. */
  NOT_SAMPLED,
  /** Its prompt is nearly the same as that of a recent one that was recorded. */
  NEAR_DUPLICATE,
  /** Its answer is a frequent label, and it was not among the share of those that is recorded. */
  FREQUENT_LABEL,
  /** The model was sure of its answer, and it was not among the share of those. */
  SURE,
  /** Its request is no JSON object. */
  UNREADABLE_REQUEST,
  /** The upstream answered with an error, or did not answer. */
  ERROR_ANSWER,
  /** The answer holds no choice, or is compressed. */
  UNREADABLE_ANSWER,
  /** Request or answer are more than is kept in memory, or than a topic takes. */
  TOO_LARGE,
  /** Exchanges that are being recorded took as much memory as they may together. */
  MEMORY_FULL,
  /** More exchanges ended at once than could be written. */
  QUEUE_FULL,
  /** The journal holds as much as it may, or its disk is almost full. */
  JOURNAL_FULL,
  /** The journal could not be written. */
  JOURNAL_FAILED;

  /** As a label of metrics has it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
