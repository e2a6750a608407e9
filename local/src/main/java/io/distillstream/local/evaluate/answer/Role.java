package io.distillstream.local.evaluate.answer;

import java.util.Locale;

/** What part an answerer has in a pipeline; in the order in which they are reported. */
public enum Role {
  /** Who labels the traffic. */
  TEACHER,
  /** The newest checkpoint, fp32. */
  STUDENT,
  /** What devices of a channel run. */
  ARTIFACT;

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return text();
  }
}
