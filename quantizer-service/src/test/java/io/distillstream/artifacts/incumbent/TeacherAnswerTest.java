package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TeacherAnswerTest {
  private static final float[] QUARTERS = {0, 0, 0, 0};
  private static final float[] HALF_AND_HALF = {0, 0, -100, -100};

  @Test
  void shouldShareWhatBothDistributionsHave() {
    TeacherAnswer teacher =
        TeacherAnswer.ofLogits(new float[] {(float) Math.log(3), 0, -100, -100});

    assertThat(teacher.label()).isZero();
    assertThat(teacher.overlap(new float[] {(float) Math.log(3) + 5, 5, -95, -95}))
        .isCloseTo(1, near());
    assertThat(teacher.overlap(HALF_AND_HALF)).isCloseTo(0.75, near());
    assertThat(teacher.overlap(QUARTERS)).isCloseTo(0.5, near());
    assertThat(teacher.overlap(new float[] {-100, -100, 0, -100})).isCloseTo(0, near());
  }

  @Test
  void shouldCompareTheTailAsOneClass() {
    TeacherAnswer teacher = TeacherAnswer.ofNamed(2, 4, new int[] {2, 0}, new float[] {0.6f, 0.1f});

    assertThat(teacher.label()).isEqualTo(2);
    // min(0.6, 0.25) + min(0.1, 0.25) + min(0.3, 0.5)
    assertThat(teacher.overlap(QUARTERS)).isCloseTo(0.65, near());
  }

  @Test
  void shouldScoreAnAnswerThatIsNotFiniteAsNone() {
    HeldOut request = new HeldOut("id", "text", TeacherAnswer.ofLogits(QUARTERS));

    assertThat(Score.of(request, new float[] {0, Float.NaN, 0, 0})).isEqualTo(Score.NONE);
    assertThat(Score.of(request, new float[] {0, 0, Float.POSITIVE_INFINITY, 0}))
        .isEqualTo(Score.NONE);
    assertThat(Score.of(request, QUARTERS).soft()).isCloseTo(1, near());
  }

  @Test
  void shouldRefuseWhatIsNoDistribution() {
    assertThatThrownBy(
            () -> TeacherAnswer.ofNamed(0, 2, new int[] {0, 0}, new float[] {0.5f, 0.5f}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TeacherAnswer.ofNamed(0, 2, new int[] {0}, new float[] {1.5f}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TeacherAnswer.ofLogits(QUARTERS).overlap(new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return within(1e-6);
  }
}
