package io.distillstream.local.synthesize.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DisagreementChoiceTest {

  private static final Answer TEACHER = Answer.ofProbabilities(0.9, 0.1);

  private static final List<Candidate> CANDIDATES =
      IntStream.range(0, 100)
          .mapToObj(i -> new Candidate(i, "text " + i, Optional.of(TEACHER)))
          .toList();

  /** The student is the further off the higher the number of a text. */
  private static final List<Answer> STUDENT =
      IntStream.range(0, 100)
          .mapToObj(i -> Answer.ofProbabilities(0.9 - i / 120.0, 0.1 + i / 120.0))
          .toList();

  private static List<Long> chosen(double share, int count, long seed) {
    return new DisagreementChoice(share)
        .choose(CANDIDATES, STUDENT, count, new SplittableRandom(seed)).stream()
            .map(Candidate::number)
            .toList();
  }

  @Test
  void shouldChooseThoseOnWhichTheStudentIsFurthestFromTheTeacher() {
    assertThat(chosen(1, 10, 1)).containsExactly(90L, 91L, 92L, 93L, 94L, 95L, 96L, 97L, 98L, 99L);
  }

  @Test
  void shouldDrawTheOthersFromTheRest() {
    List<Long> half = chosen(0.5, 20, 1);

    assertThat(half)
        .hasSize(20)
        .isSorted()
        .doesNotHaveDuplicates()
        .contains(90L, 91L, 92L, 93L, 94L, 95L, 96L, 97L, 98L, 99L);
    assertThat(half.get(0)).isLessThan(50);
    assertThat(half).isEqualTo(chosen(0.5, 20, 1)).isNotEqualTo(chosen(0.5, 20, 2));
  }

  @Test
  void shouldTakeAllWhereThereAreNoMore() {
    assertThat(chosen(0.5, 1_000, 1)).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void shouldTakeAClassThatTheStudentRulesOutForTheLargestDisagreement() {
    List<Answer> student =
        IntStream.range(0, 100)
            .mapToObj(i -> i == 3 ? Answer.ofProbabilities(0, 1) : Answer.ofProbabilities(0.5, 0.5))
            .toList();

    assertThat(new DisagreementChoice(1).choose(CANDIDATES, student, 1, new SplittableRandom(1)))
        .extracting(Candidate::number)
        .containsExactly(3L);
  }
}
