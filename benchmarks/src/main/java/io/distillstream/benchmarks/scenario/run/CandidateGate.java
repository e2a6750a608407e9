package io.distillstream.benchmarks.scenario.run;

import io.distillstream.trainer.state.StudentState;
import java.util.Optional;

/** Decides which students devices get. */
interface CandidateGate {

  /**
   * Judges a student against the one that passed last.
   *
   * @param candidate as devices would get it
   * @param position records of the stream that came before it
   * @return why devices do not get it; empty where they do
   */
  Optional<String> refusal(StudentState candidate, int position);
}
