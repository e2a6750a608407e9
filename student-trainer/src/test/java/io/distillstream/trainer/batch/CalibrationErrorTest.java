package io.distillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationErrorTest {

  @Test
  void shouldMeasureTheDistanceOfConfidenceAndSuccessBinByBin() {
    // Bins of 1/15: 0.95 and 0.94 share one (1 of 2 right), 0.31 stands alone (right).
    List<RowScore> rows = List.of(row(0.95, true), row(0.94, false), row(0.31, true));

    CalibrationError error = CalibrationError.of(rows, RowScore::agrees);

    // (|1.89 - 1| + |0.31 - 1|) / 3
    assertThat(error.expectedCalibrationError()).isCloseTo(1.58 / 3, within(1e-12));
  }

  @Test
  void shouldBeZeroForAStudentThatKnowsHowSureItMayBe() {
    List<RowScore> rows = List.of(row(0.5, true), row(0.5, false), row(1, true));

    assertThat(CalibrationError.of(rows, RowScore::agrees).expectedCalibrationError()).isZero();
  }

  @Test
  void shouldAddUpBeforeTheDistanceIsTaken() {
    CalibrationError sum =
        CalibrationError.of(List.of(row(0.5, true)), RowScore::agrees)
            .plus(CalibrationError.of(List.of(row(0.5, false)), RowScore::agrees));

    assertThat(sum.expectedCalibrationError()).isZero();
    assertThat(CalibrationError.NONE.plus(sum)).isEqualTo(sum);
  }

  @Test
  void shouldLeaveOutWhatIsNotANumberAndSayNothingOfNothing() {
    CalibrationError none = CalibrationError.of(List.of(row(Double.NaN, false)), RowScore::agrees);

    assertThat(none.expectedCalibrationError()).isNaN();
  }

  private static RowScore row(double confidence, boolean agrees) {
    return new RowScore(agrees ? 0 : 1, confidence, 0, 0, TrainingBatch.UNKNOWN);
  }
}
