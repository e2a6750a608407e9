package io.distillstream.benchmarks.scenario.run;

import java.util.HashMap;
import java.util.Map;

/** What protects a student from its traffic. */
public enum Variant {
  BOTH("replay and gate", true, true),
  NO_REPLAY("gate alone", false, true),
  NO_GATE("replay alone", true, false),
  NEITHER("neither", false, false);

  private final String words;
  private final boolean replay;
  private final boolean gate;

  Variant(String words, boolean replay, boolean gate) {
    this.words = words;
    this.replay = replay;
    this.gate = gate;
  }

  /** In a few words. */
  public String words() {
    return words;
  }

  /** Whether steps are mixed with remembered examples. */
  public boolean replay() {
    return replay;
  }

  /** Whether candidates are judged. What they are trained on does not depend on it. */
  public boolean gate() {
    return gate;
  }

  /** Settings of the trainer, from those that were chosen. */
  public static Map<String, String> settings(Map<String, String> chosen, boolean replay) {
    Map<String, String> all = new HashMap<>(chosen);
    if (!replay) {
      all.put("trainer.replay.share", "0");
    }
    return all;
  }
}
