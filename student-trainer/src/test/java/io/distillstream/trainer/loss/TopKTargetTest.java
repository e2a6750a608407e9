package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TopKTargetTest {

  @Test
  void shouldBoundTheFullKlFromBelowTheTighterTheMoreIsNamed() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      float[] teacher = LossPropertiesTest.logits(random, 2);
      float[] student = LossPropertiesTest.logits(random, 2);
      double full = new DenseTarget(teacher).kl(student);
      double before = 0;
      for (int k = 1; k < teacher.length; k++) {
        double bound = LossPropertiesTest.topK(teacher, k).kl(student);
        assertThat(bound).isBetween(before - 1e-6, full + 1e-6);
        before = bound;
      }
      // A tail of one class hides nothing.
      assertThat(before).isCloseTo(full, within(1e-5));
    }
  }

  @Test
  void shouldEqualDenseLogitsAtEveryTemperatureWhereAllClassesAreNamed() {
    SplittableRandom random = new SplittableRandom(2);
    float[] teacher = LossPropertiesTest.logits(random, 2);
    float[] student = LossPropertiesTest.logits(random, 2);
    SoftTarget all = LossPropertiesTest.topK(teacher, teacher.length);
    SoftTarget dense = new DenseTarget(teacher);
    for (double temperature : new double[] {1, 3, 8}) {
      double[] gradient = new double[teacher.length];
      double[] expected = new double[teacher.length];
      assertThat(all.distillation(student, Divergence.REVERSE_KL, temperature, gradient))
          .isCloseTo(
              dense.distillation(student, Divergence.REVERSE_KL, temperature, expected),
              within(1e-12));
      assertThat(gradient).containsExactly(expected, within(1e-12));
    }
  }

  /** A mean over the rest of the classes is all that the record says of them. */
  @Test
  void shouldLeaveTheShapeOfTheTailToTheStudent() {
    float[] teacher = {4, 3, 0, 0, 0, 0, 0};
    float[] student = {4, 3, (float) Math.log(5), -40, -40, -40, -40};
    SoftTarget top2 = LossPropertiesTest.topK(teacher, 2);
    double[] gradient = new double[7];
    assertThat(top2.distillation(student, Divergence.FORWARD_KL, 4, gradient))
        .isCloseTo(0, within(1e-12));
    assertThat(gradient).containsExactly(new double[7], within(1e-6));
  }

  @Test
  void shouldTakeTheFirstAsTheAnswer() {
    SoftTarget target = new TopKTarget(9, new int[] {7, 1}, new float[] {2, 1}, 0.5f);
    assertThat(target.answer()).isEqualTo(7);
    assertThat(target.counts()).isTrue();
  }

  @Test
  void shouldRefuseWhatNoTopKCanBe() {
    refused("4 indices and 4 logits of 3 classes", 3, 0f, new int[] {0, 1, 2, 3}, 4, 3, 2, 1);
    refused("0 indices", 3, 0f, new int[0]);
    refused("2 indices and 1 logits", 3, 0f, new int[] {0, 1}, 1);
    refused("class 3 of 3 classes", 3, 0f, new int[] {0, 3}, 2, 1);
    refused("class -1 of 3 classes", 3, 0f, new int[] {-1}, 2);
    refused("class 1 is named twice", 5, 0f, new int[] {1, 0, 1}, 2, 1, 0);
    refused("logit 1 is 3.0", 5, 0f, new int[] {0, 1}, 2, 3);
    refused("logit 0 is NaN", 5, 0f, new int[] {0, 1}, Float.NaN, 3);
    refused("tail is NaN", 5, Float.NaN, new int[] {0}, 2);
    refused("have at most 3.38", 5, 3.6f, new int[] {0}, 2);
    refused("without classes has log-mass 0.0", 2, 0f, new int[] {0, 1}, 2, 1);
  }

  private static void refused(
      String message, int classes, float tail, int[] indices, float... logits) {
    assertThatThrownBy(() -> new TopKTarget(classes, indices, logits, tail))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
