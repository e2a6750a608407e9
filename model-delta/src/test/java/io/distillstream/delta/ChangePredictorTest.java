package io.distillstream.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangePredictorTest {
  private static final int ROWS = 2_000;
  private static final int MIDDLE = ChangePredictor.FRACTIONS / 2;

  private final ChangePredictor predictor = new ChangePredictor(300);
  private final Random random = new Random(1);

  @Test
  void shouldLearnWhichColumnsChangeTogether() {
    predictor.begin(3);
    for (int row = 0; row < ROWS; row++) {
      rowOf(random.nextInt(9) - 4, 4);
    }

    assertThat(wholes(-4, 4)).containsExactly(0, 8, 0);
    assertThat(wholes(3, -4)).containsExactly(0, -6, 0);
    assertThat(wholes(0, 4)).containsExactly(0, 0, 0);
  }

  @Test
  void shouldTellWhatIsBeyondAWholeNumber() {
    predictor.begin(2);
    for (int row = 0; row < ROWS; row++) {
      int first = row % 2 == 0 ? 4 : -4;
      complete(first, first / 4 + (random.nextBoolean() ? first / 4 : 0));
    }

    predictor.changed(0, 1);
    predictor.predict(1);

    assertThat(predictor.whole()).isZero();
    assertThat(predictor.fractionClass()).isBetween(MIDDLE + 5, MIDDLE + 7);
  }

  @Test
  void shouldLearnAnewInAnotherMatrix() {
    predictor.begin(3);
    for (int row = 0; row < ROWS; row++) {
      rowOf(random.nextInt(9) - 4, 4);
    }
    predictor.begin(3);

    assertThat(wholes(4, 4)).containsExactly(0, 0, 0);
    predictor.predict(0);
    assertThat(predictor.fractionClass()).isEqualTo(MIDDLE);
    assertThat(predictor.wholeClass()).isZero();
  }

  @Test
  void shouldExpectNothingOfRowsThatAreTooWide() {
    ChangePredictor wide = new ChangePredictor(5_000);
    wide.begin(5_000);
    for (int row = 0; row < ROWS; row++) {
      wide.changed(0, 5);
      wide.changed(1, 5);
      wide.endRow();
    }
    wide.changed(0, 5);
    wide.predict(1);

    assertThat(wide.whole()).isZero();
  }

  /** The second changes by minus twice the first, the third by itself. */
  private void rowOf(int first, int most) {
    complete(first, -2 * first, random.nextInt(2 * most + 1) - most);
  }

  private void complete(int... changes) {
    for (int i = 0; i < changes.length; i++) {
      predictor.changed(i, changes[i]);
    }
    predictor.endRow();
  }

  /** What is expected of a row of which the first changes by so much and the third by so much. */
  private int[] wholes(int first, int third) {
    int[] changes = {first, -2 * first, third};
    int[] wholes = new int[changes.length];
    for (int i = 0; i < changes.length; i++) {
      predictor.predict(i);
      wholes[i] = predictor.whole();
      predictor.changed(i, changes[i]);
    }
    predictor.endRow();
    return wholes;
  }
}
