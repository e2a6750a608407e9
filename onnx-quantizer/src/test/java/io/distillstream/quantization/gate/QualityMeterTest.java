package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.engine.TensorValue;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class QualityMeterTest {
  private final QualityMeter meter = new QualityMeter();

  @Test
  void shouldCompareRowByRow() {
    TensorValue original = TensorValue.of(new float[] {3, 4, 1, 0}, 2, 2);
    TensorValue candidate = TensorValue.of(new float[] {4, 3, 1, 0}, 2, 2);

    meter.add(original, candidate, OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.samples()).isEqualTo(1);
    assertThat(quality.agreement()).isEqualTo(0.5);
    // Cosines 24/25 and 1.
    assertThat(quality.meanCosine()).isCloseTo(0.98, within(1e-12));
    assertThat(quality.meanSquaredError()).isEqualTo(0.5);
    assertThat(quality.maxAbsDifference()).isEqualTo(1);
    // Power 26 over 2.
    assertThat(quality.signalToNoise()).isCloseTo(10 * Math.log10(13), within(1e-12));
    assertThat(quality.accuracyDrop()).isEmpty();
  }

  @Test
  void shouldCountAccuracyOverLabelledSamplesAlone() {
    meter.add(row(1, 0), row(0, 1), OptionalInt.of(0));
    meter.add(row(1, 0), row(1, 0), OptionalInt.of(0));
    meter.add(row(1, 0), row(0, 1), OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.accuracyOfOriginal()).hasValue(1);
    assertThat(quality.accuracyOfCandidate()).hasValue(0.5);
    assertThat(quality.accuracyDrop()).hasValue(0.5);
  }

  @Test
  void shouldCallEqualAnswersPerfect() {
    meter.add(row(0, 0), row(0, 0), OptionalInt.empty());
    meter.add(row(-2, 5), row(-2, 5), OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.agreement()).isEqualTo(1);
    assertThat(quality.meanCosine()).isEqualTo(1);
    assertThat(quality.signalToNoise()).isInfinite();
  }

  @Test
  void shouldNotHideWhatIsNotANumber() {
    meter.add(row(1, 0), row(Float.NaN, 0), OptionalInt.empty());
    meter.add(row(1, 0), row(1, 0), OptionalInt.empty());

    assertThat(meter.quality().maxAbsDifference()).isNaN();
    assertThat(meter.quality().meanCosine()).isNaN();
  }

  @Test
  void shouldRefuseAnswersOfOtherShapes() {
    assertThatThrownBy(
            () -> meter.add(row(1, 0), TensorValue.of(new float[3], 1, 3), OptionalInt.empty()))
        .isInstanceOf(InvalidModelException.class)
        .hasMessage("The candidate answers float[1, 3] where the original answers float[1, 2]");
  }

  private static TensorValue row(float... values) {
    return TensorValue.of(values, 1, values.length);
  }
}
