package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.loss.Consistency.Anchor;
import io.distillstream.trainer.loss.Consistency.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistencyTest {

  @Test
  void shouldMoveAlongTheGradientByAShareOfTheTextsLength() {
    // ‖x‖ = 5, ‖g‖ = 10: a tenth of 5 along (6, 8) / 10.
    assertThat(shift(Shape.L2, 0.1, new float[] {3, 4}, new float[] {6, 8}))
        .containsExactly(0.3f, 0.4f);
  }

  @Test
  void shouldMoveEveryComponentAsFarByItsSign() {
    // ‖x‖ = 6 over 4 components: a third of 6 / 2 each.
    assertThat(shift(Shape.SIGN, 1.0 / 3, new float[] {3, 3, 3, 3}, new float[] {1, -2, 0, 9}))
        .containsExactly(1, -1, 0, 1);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void shouldMoveEquallyFarInEitherShape(Shape shape) {
    float[] x = {0.5f, -2, 1, 3, 0.25f, -1};
    float[] shift = shift(shape, 0.3, x, new float[] {1e-9f, -4e-9f, 2e-8f, 1e-8f, -3e-8f, 7e-9f});
    assertThat(norm(shift)).isCloseTo(0.3 * norm(x), within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void shouldStayWhereNothingPulls(Shape shape) {
    assertThat(shift(shape, 0.3, new float[] {1, 2}, new float[2])).containsOnly(0);
  }

  @Test
  void shouldMoveNoOtherText() {
    float[] shift = new float[6];
    new Consistency(1, 1, Shape.L2, Anchor.STUDENT)
        .shift(new float[] {9, 9, 3, 4, 9, 9}, new float[] {1, 1, 1, 0, 1, 1}, shift, 2, 4);
    assertThat(shift).containsExactly(0, 0, 5, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseImpossibleNumbers(double value) {
    assertThatThrownBy(() -> new Consistency(value, 1, Shape.L2, Anchor.STUDENT))
        .hasMessageContaining("weight of consistency is " + value);
    assertThatThrownBy(() -> new Consistency(1, value, Shape.L2, Anchor.STUDENT))
        .hasMessageContaining("radius of consistency is " + value);
  }

  private static float[] shift(Shape shape, double radius, float[] x, float[] gradient) {
    float[] shift = new float[x.length];
    new Consistency(1, radius, shape, Anchor.STUDENT).shift(x, gradient, shift, 0, x.length);
    return shift;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
