package io.distillstream.benchmarks.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.benchmarks.scenario.order.Meaning;
import io.distillstream.benchmarks.scenario.order.TrafficStream;
import io.distillstream.benchmarks.scenario.order.TrafficStream.Change;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /** Two examples of label 0, two of label 1. */
  private static final HeldOutScores SCORES = new HeldOutScores(new int[] {0, 0, 1, 1});

  private static final Meaning SAME = Meaning.same(2);
  private static final Meaning SWAPPED = new Meaning(List.of(1, 0));
  private static final TrafficStream STEADY = new TrafficStream("steady", List.of(), 2);
  private static final TrafficStream CHANGING =
      new TrafficStream(
          "changing", List.of(), SWAPPED, Optional.of(new Change(100, 100)), Set.of(), 0);

  @Test
  void shouldAgreeInWhatLabelsMean() {
    Candidate candidate = candidate(0, 0, 1, 1, 1);

    assertThat(SCORES.agreement(candidate, SAME)).isEqualTo(0.75);
    assertThat(SCORES.agreement(candidate, SWAPPED)).isEqualTo(0.25);
    assertThat(SCORES.byLabel(candidate, SAME)).containsEntry(0, 0.5).containsEntry(1, 1.0);
  }

  @Test
  void shouldAverageForgettingOverLabels() {
    // Label 0: best 1, then 0.5. Label 1: best 0.5, then 1.
    List<Candidate> candidates =
        List.of(candidate(1, 0, 0, 0, 0), candidate(2, 1, 1, 0, 1), candidate(3, 0, 1, 1, 1));

    assertThat(Outcome.forgetting(candidates, SAME, SCORES).orElseThrow())
        .isCloseTo((0.5 - 0.5) / 2, EXACT);
    assertThat(Outcome.forgetting(candidates.subList(0, 2), SAME, SCORES).orElseThrow())
        .isCloseTo((1.0 - 0.5) / 2, EXACT);
    assertThat(Outcome.forgetting(candidates.subList(0, 1), SAME, SCORES)).isEmpty();
  }

  @Test
  void shouldCompareVersionsWithTheirIncumbents() {
    Outcome outcome =
        outcome(
            STEADY,
            candidate(1, 0, 0, 1, 1),
            refused(2, 1, 1, 0, 0),
            candidate(3, 0, 0, 1, 0),
            candidate(4, 0, 1, 0, 0));

    assertThat(outcome.worstStep().orElseThrow()).isCloseTo(-0.5, EXACT);
    assertThat(outcome.published()).isEqualTo(3);
    assertThat(outcome.refused()).isEqualTo(1);
  }

  @Test
  void shouldNotCountWhatWasRefused() {
    Outcome outcome = outcome(STEADY, candidate(1, 0, 0, 1, 1), refused(2, 1, 1, 0, 0));

    assertThat(outcome.worstStep()).isEmpty();
    assertThat(outcome.atEnd()).isZero();
    assertThat(outcome.publishedAtEnd()).hasValue(1);
    assertThat(outcome.curve()).extracting(Outcome.Point::devices).containsExactly(1.0, 1.0);
  }

  @Test
  void shouldSayWhenDevicesFollowedAChange() {
    Outcome outcome =
        outcome(
            CHANGING,
            candidate(60, 0, 0, 1, 1),
            refused(120, 0, 0, 0, 0),
            refused(140, 1, 1, 0, 0),
            candidate(160, 1, 1, 0, 0));

    assertThat(outcome.recovered()).hasValue(40);
    assertThat(outcome.publishedRecovered()).hasValue(60);
    assertThat(outcome.curve())
        .extracting(Outcome.Point::agreement)
        .containsExactly(1.0, 0.5, 1.0, 1.0);
  }

  @Test
  void shouldNotCountAgreementWithAnEarlierMeaningAsForgotten() {
    Outcome outcome =
        outcome(
            CHANGING,
            candidate(60, 0, 0, 1, 1),
            candidate(120, 1, 0, 0, 0),
            candidate(140, 1, 1, 0, 0));

    assertThat(outcome.forgetting().orElseThrow()).isCloseTo(-0.25, EXACT);
  }

  @Test
  void shouldFindTheWorseHalfBesideRandomOrder() {
    TrafficStream days =
        new TrafficStream("days", List.of(), SAME, Optional.empty(), Set.of(0), 10);
    Outcome random = outcome(days, candidate(10, 0, 1, 1, 1), candidate(20, 0, 0, 1, 1));
    Outcome outcome = outcome(days, candidate(10, 1, 1, 1, 1), candidate(20, 0, 0, 1, 0));

    assertThat(outcome.leastHalf(random, 20)).hasValue(0.5);
    assertThat(outcome.leastHalf(random, 10)).hasValue(0);
    assertThat(outcome.leastHalf(random, 30)).isEmpty();
  }

  private static Outcome outcome(TrafficStream stream, Candidate... candidates) {
    return Outcome.of(stream, List.of(candidates), List.of(), 1_000, SCORES);
  }

  private static Candidate candidate(int position, int... answers) {
    return new Candidate(position, position, answers, Optional.empty());
  }

  private static Candidate refused(int position, int... answers) {
    return new Candidate(position, position, answers, Optional.of("worse"));
  }
}
