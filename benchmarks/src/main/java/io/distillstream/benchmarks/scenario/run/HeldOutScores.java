package io.distillstream.benchmarks.scenario.run;

import io.distillstream.benchmarks.scenario.order.Meaning;
import io.distillstream.trainer.examples.Example;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Agreement of students with the teacher on examples that nobody learns. */
public final class HeldOutScores {
  private final int[] teacher;

  public HeldOutScores(List<Example> heldOut) {
    this(heldOut.stream().mapToInt(example -> example.target().answer()).toArray());
  }

  /**
   * @param teacher the teacher's answers, before any change of meaning
   */
  HeldOutScores(int[] teacher) {
    this.teacher = teacher.clone();
  }

  /** Share of answers that are the teacher's, as it means them. */
  double agreement(Candidate candidate, Meaning meaning) {
    return agreement(candidate, meaning, label -> true);
  }

  /** The same over the examples to which the teacher gave one of these labels, at first. */
  double agreement(Candidate candidate, Meaning meaning, IntPredicate labels) {
    int counted = 0;
    int agreeing = 0;
    for (int i = 0; i < teacher.length; i++) {
      if (labels.test(teacher[i])) {
        counted++;
        agreeing += candidate.answers()[i] == meaning.of(teacher[i]) ? 1 : 0;
      }
    }
    return (double) agreeing / counted;
  }

  /** By the label that the teacher gave at first. */
  Map<Integer, Double> byLabel(Candidate candidate, Meaning meaning) {
    Map<Integer, Double> agreement = new TreeMap<>();
    for (int label : teacher) {
      agreement.computeIfAbsent(label, one -> agreement(candidate, meaning, other -> other == one));
    }
    return agreement;
  }
}
