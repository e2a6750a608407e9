package io.distillstream.monitor.freshness;

import java.util.Locale;

/** A leg of a record's way from the request to a device, in order; together they are the whole. */
public enum Leg {
  /** From the request to the teacher's answer. */
  LABELLED,
  /** From the answer until nothing more was waited for, such as ground truth. */
  JOINED,
  /** From the joined example until the student had learned it. */
  TRAINED,
  /** From there to the checkpoint that has it. */
  CHECKPOINTED,
  /** From the checkpoint until an artifact with it had passed its gates. */
  QUANTIZED,
  /** From the gates to the published update. */
  PUBLISHED,
  /** From the update until a device answered with it. */
  INSTALLED;

  /** As labels of metrics and JSON have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
