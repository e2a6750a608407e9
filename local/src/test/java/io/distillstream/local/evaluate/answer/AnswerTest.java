package io.distillstream.local.evaluate.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AnswerTest {

  @Test
  void shouldTakeTheSoftmaxOfLogits() {
    // e^0 : e^ln3 = 1 : 3.
    Answer answer = Answer.ofLogits(new float[] {0, (float) Math.log(3)});
    assertThat(answer.label()).isEqualTo(1);
    assertThat(answer.confidence()).isCloseTo(0.75, within(1e-7));
  }

  @Test
  void shouldTakeTheFirstOfEquals() {
    assertThat(Answer.ofProbabilities(0.2, 0.4, 0.4).label()).isEqualTo(1);
  }

  @Test
  void shouldMeasureTheDivergenceFromTheTeacherInNats() {
    Answer teacher = Answer.ofProbabilities(0.5, 0.5, 0);
    Answer student = Answer.ofProbabilities(0.25, 0.5, 0.25);
    // 0.5 ln(0.5 / 0.25) + 0.5 ln(0.5 / 0.5) = 0.5 ln 2; the class ruled out adds nothing.
    assertThat(student.divergenceFrom(teacher)).isCloseTo(0.5 * Math.log(2), within(1e-12));
    assertThat(teacher.divergenceFrom(teacher)).isZero();
    assertThat(teacher.divergenceFrom(student)).isInfinite();
  }

  @Test
  void shouldReorderItsClasses() {
    Answer reordered = Answer.ofProbabilities(0.7, 0.2, 0.1).inOrder(new int[] {2, 0, 1});
    assertThat(reordered.label()).isEqualTo(1);
    assertThat(reordered.confidence()).isCloseTo(0.7, within(1e-12));
  }
}
