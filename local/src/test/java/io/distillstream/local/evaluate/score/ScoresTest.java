package io.distillstream.local.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ScoresTest {

  private static final Offset<Double> EXACT = within(1e-12);

  private final Scores scores = new Scores(3);

  @Test
  void shouldScoreEachClassAgainstTheRest() {
    count(0, 0, 3);
    count(0, 1, 1);
    count(1, 1, 2);
    count(1, 2, 2);

    ConfusionMatrix confusion = scores.confusion();
    assertThat(confusion.accuracy().orElseThrow()).isEqualTo(5.0 / 8);

    ClassScore first = confusion.score(0);
    assertThat(first.support()).isEqualTo(4);
    assertThat(first.precision()).hasValue(1);
    assertThat(first.recall()).hasValue(0.75);
    assertThat(first.f1().orElseThrow()).isCloseTo(6.0 / 7, EXACT);
    assertThat(first.accuracy()).hasValue(7.0 / 8);

    ClassScore second = confusion.score(1);
    assertThat(second.precision().orElseThrow()).isCloseTo(2.0 / 3, EXACT);
    assertThat(second.recall()).hasValue(0.5);
    assertThat(second.f1().orElseThrow()).isCloseTo(4.0 / 7, EXACT);
    assertThat(second.accuracy()).hasValue(5.0 / 8);

    ClassScore third = confusion.score(2);
    assertThat(third.support()).isZero();
    assertThat(third.precision()).hasValue(0);
    assertThat(third.recall()).isEmpty();
    assertThat(third.f1()).hasValue(0);
    assertThat(third.accuracy()).hasValue(6.0 / 8);
  }

  @Test
  void shouldListTheMostFrequentConfusionFirst() {
    count(0, 1, 1);
    count(2, 1, 3);
    count(1, 1, 5);
    assertThat(scores.confusion().confusions())
        .containsExactly(new Confusion(2, 1, 3), new Confusion(0, 1, 1));
  }

  @Test
  void shouldCompareWithTheTeacherWhetherThereIsALabelOrNot() {
    Answer teacher = Answer.ofProbabilities(0.5, 0.25, 0.25);
    scores.add(teacher, OptionalInt.empty(), Optional.of(teacher));
    scores.add(Answer.ofProbabilities(0.25, 0.5, 0.25), OptionalInt.of(1), Optional.of(teacher));

    assertThat(scores.texts()).isEqualTo(2);
    assertThat(scores.confusion().total()).isEqualTo(1);
    assertThat(scores.confusion().accuracy()).hasValue(1);
    assertThat(scores.agreement()).hasValue(0.5);
    // KL of the second: 0.5 ln 2 + 0.25 ln 0.5 = 0.25 ln 2; of the first: 0.
    assertThat(scores.meanDivergence().orElseThrow()).isCloseTo(0.125 * Math.log(2), EXACT);
  }

  @Test
  void shouldMeasureCalibrationAgainstTheLabels() {
    // In one bin: confidence 0.9 and 0.9, one of two right. In another: 0.5, right.
    scores.add(Answer.ofProbabilities(0.9, 0.1, 0), OptionalInt.of(0), Optional.empty());
    scores.add(Answer.ofProbabilities(0.9, 0.1, 0), OptionalInt.of(1), Optional.empty());
    scores.add(Answer.ofProbabilities(0.5, 0.3, 0.2), OptionalInt.of(0), Optional.empty());
    assertThat(scores.expectedCalibrationError().orElseThrow())
        .isCloseTo((2 * 0.4 + 0.5) / 3, EXACT);
  }

  @Test
  void shouldNotMakeUpWhatCannotBeKnown() {
    scores.add(Answer.ofProbabilities(1, 0, 0), OptionalInt.empty(), Optional.empty());
    assertThat(scores.agreement()).isEmpty();
    assertThat(scores.meanDivergence()).isEmpty();
    assertThat(scores.expectedCalibrationError()).isEmpty();
    assertThat(scores.confusion().accuracy()).isEmpty();
    assertThat(scores.confusion().score(0).accuracy()).isEmpty();
  }

  private void count(int truth, int answer, int times) {
    double[] probabilities = new double[3];
    probabilities[answer] = 1;
    for (int i = 0; i < times; i++) {
      scores.add(Answer.ofProbabilities(probabilities), OptionalInt.of(truth), Optional.empty());
    }
  }
}
