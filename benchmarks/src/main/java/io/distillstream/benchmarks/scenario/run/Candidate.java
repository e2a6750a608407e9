package io.distillstream.benchmarks.scenario.run;

import java.util.Optional;

/**
 * A student as it would be published. The array is taken over, not copied; it is read only.
 *
 * @param position records of the stream that came before it
 * @param trained records that it learned, each counted once
 * @param answers its label for each example of the held-out set
 * @param refusal why the gate refuses it; empty where devices get it
 */
@SuppressWarnings("ArrayRecordComponent")
public record Candidate(int position, long trained, int[] answers, Optional<String> refusal) {

  public boolean published() {
    return refusal.isEmpty();
  }

  /** The same student where nothing is refused. */
  Candidate ungated() {
    return new Candidate(position, trained, answers, Optional.empty());
  }
}
