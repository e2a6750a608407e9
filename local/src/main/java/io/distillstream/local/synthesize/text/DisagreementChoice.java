package io.distillstream.local.synthesize.text;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Chooses the texts on which a student disagrees most with its teacher, by {@code KL(teacher ‖
 * student)}, and others at random, so that what the student knows is not left out.
 *
 * @param share of the chosen texts that is chosen by disagreement, 0 to 1
 */
public record DisagreementChoice(double share) {

  public DisagreementChoice {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("expected a share of 0 to 1, got " + share);
    }
  }

  /**
   * Chooses.
   *
   * @param candidates with the teacher's answers
   * @param student its answer to each
   * @param count how many are wanted
   * @return as many, or all where there are no more, in their order
   */
  public List<Candidate> choose(
      List<Candidate> candidates, List<Answer> student, int count, SplittableRandom random) {
    if (candidates.size() != student.size()) {
      throw new IllegalArgumentException(
          "%d answers to %d texts".formatted(student.size(), candidates.size()));
    }
    double[] divergence = new double[candidates.size()];
    for (int i = 0; i < divergence.length; i++) {
      divergence[i] = student.get(i).divergenceFrom(candidates.get(i).teacher().orElseThrow());
    }
    List<Integer> furthest =
        new ArrayList<>(
            IntStream.range(0, divergence.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> divergence[i]).reversed())
                .toList());
    int wanted = Math.min(count, furthest.size());
    int hard = (int) Math.round(share * wanted);
    List<Integer> chosen = new ArrayList<>(furthest.subList(0, hard));
    List<Integer> others = furthest.subList(hard, furthest.size());
    while (chosen.size() < wanted) {
      chosen.add(others.remove(random.nextInt(others.size())));
    }
    return chosen.stream().sorted().map(candidates::get).toList();
  }
}
