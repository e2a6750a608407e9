package io.distillstream.local.labels.row;

import java.util.Set;

/** The names of a row's columns, or fields. */
public final class Columns {

  public static final String REQUEST_ID = "request_id";
  public static final String TEXT = "text";
  public static final String LABEL = "label";
  public static final String LABELS = "labels";
  public static final String LOGITS = "logits";
  public static final String PROBABILITIES = "probabilities";
  public static final String TAIL_LOG_MASS = "tail_log_mass";
  public static final String DRAWS = "draws";
  public static final String WEIGHTS = "weights";
  public static final String EMBEDDING = "embedding";
  public static final String TEACHER_ID = "teacher_id";
  public static final String TEACHER_VERSION = "teacher_version";
  public static final String LABEL_SPACE = "label_space";
  public static final String RELABELLED = "relabelled";
  public static final String RECEIVED_AT = "received_at";
  public static final String LABELLED_AT = "labelled_at";
  public static final String GROUND_TRUTH = "ground_truth";
  public static final String GROUND_TRUTH_AT = "ground_truth_at";

  /** All of them. */
  public static final Set<String> ALL =
      Set.of(
          REQUEST_ID,
          TEXT,
          LABEL,
          LABELS,
          LOGITS,
          PROBABILITIES,
          TAIL_LOG_MASS,
          DRAWS,
          WEIGHTS,
          EMBEDDING,
          TEACHER_ID,
          TEACHER_VERSION,
          LABEL_SPACE,
          RELABELLED,
          RECEIVED_AT,
          LABELLED_AT,
          GROUND_TRUTH,
          GROUND_TRUTH_AT);

  private Columns() {}
}
