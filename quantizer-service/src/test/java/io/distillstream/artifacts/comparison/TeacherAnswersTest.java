package io.distillstream.artifacts.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.artifacts.incumbent.TeacherAnswer;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherAnswersTest {
  private static final float[] TEACHER = logarithms(0.1, 0.5, 0.3, 0.1);
  private static final float[] STUDENT = logarithms(0.25, 0.25, 0.25, 0.25);

  @Test
  void shouldReadEveryKindOfDistribution() {
    TeacherAnswer dense = read(LogitsCodec.encode(TEACHER));
    TeacherAnswer topK = read(TopKCodec.encode(TEACHER, 2));
    TeacherAnswer sampled =
        read(
            SampledCodec.encode(
                4,
                10,
                1,
                new int[] {1, 0},
                new float[] {0.7f, 0.3f},
                new float[] {(float) Math.log(0.5), (float) Math.log(0.1)}));

    assertThat(List.of(dense, topK, sampled)).extracting(TeacherAnswer::label).containsOnly(1);
    assertThat(dense.overlap(STUDENT)).isCloseTo(0.7, within(1e-3));
    // 0.25 of class 1, 0.25 of class 2 and 0.2 of the tail; then 0.25, 0.1 and 0.4 of the tail.
    assertThat(topK.overlap(STUDENT)).isCloseTo(0.7, within(1e-3));
    assertThat(sampled.overlap(STUDENT)).isCloseTo(0.75, within(1e-3));
  }

  @Test
  void shouldCombineTeachersAsForTraining() {
    float[] opposite = logarithms(0.5, 0.1, 0.1, 0.3);
    TeacherAnswer both =
        TeacherAnswers.of(
            List.of(opinion(LogitsCodec.encode(TEACHER)), opinion(LogitsCodec.encode(opposite))),
            4);

    // The normalized geometric mean.
    double sum = 2 * Math.sqrt(0.05) + 2 * Math.sqrt(0.03);
    assertThat(both.overlap(logarithms(1, 1e-9, 1e-9, 1e-9)))
        .isCloseTo(Math.sqrt(0.05) / sum, within(1e-3));
  }

  @Test
  void shouldCombineOpinionsOfDifferentForms() {
    TeacherAnswer both =
        TeacherAnswers.of(
            List.of(opinion(LogitsCodec.encode(TEACHER)), opinion(TopKCodec.encode(TEACHER, 2))),
            4);

    // They agree on the two largest, and the one that does not tell the rest follows the other.
    assertThat(both.overlap(STUDENT))
        .isCloseTo(read(LogitsCodec.encode(TEACHER)).overlap(STUDENT), within(1e-3));
  }

  @Test
  void shouldRefuseWhatNoTeacherAnswered() {
    assertThatThrownBy(() -> TeacherAnswers.of(List.of(), 4))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseOtherNumbersOfClasses() {
    assertThatThrownBy(() -> TeacherAnswers.of(List.of(opinion(LogitsCodec.encode(TEACHER))), 5))
        .hasMessageContaining("over 4 classes, expected 5");
  }

  private static TeacherAnswer read(Object distribution) {
    return TeacherAnswers.of(List.of(opinion(distribution)), 4);
  }

  private static TeacherOpinion opinion(Object distribution) {
    return new TeacherOpinion("teacher", "cafe", distribution, null, null);
  }

  private static float[] logarithms(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = (float) Math.log(probabilities[c]);
    }
    return logits;
  }
}
