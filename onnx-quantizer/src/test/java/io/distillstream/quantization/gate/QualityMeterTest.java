package io.distillstream.quantization.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.engine.TensorValue;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class QualityMeterTest {
  private final QualityMeter meter = new QualityMeter(Map.of("y", OutputKind.SCORES));

  @Test
  void shouldCompareRowByRow() {
    TensorValue original = TensorValue.of(new float[] {3, 4, 1, 0}, 2, 2);
    TensorValue candidate = TensorValue.of(new float[] {4, 3, 1, 0}, 2, 2);

    add(original, candidate, OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.samples()).isEqualTo(1);
    assertThat(quality.agreement()).isEqualTo(0.5);
    // Cosines 24/25 and 1.
    assertThat(quality.meanCosine()).isCloseTo(0.98, within(1e-12));
    // Errors 1 and 0 of a range from 0 to 4; no row is left out of so few.
    assertThat(quality.rangeError()).isEqualTo(0.25);
    assertThat(quality.maxAbsDifference()).isEqualTo(1);
    // Power 26 over 2.
    assertThat(quality.signalToNoise()).isCloseTo(10 * Math.log10(13), within(1e-12));
    assertThat(quality.accuracyDrop()).isEmpty();
  }

  @Test
  void shouldCountAccuracyOverLabelledSamplesAlone() {
    add(row(1, 0), row(0, 1), OptionalInt.of(0));
    add(row(1, 0), row(1, 0), OptionalInt.of(0));
    add(row(1, 0), row(0, 1), OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.accuracyOfOriginal()).hasValue(1);
    assertThat(quality.accuracyOfCandidate()).hasValue(0.5);
    assertThat(quality.accuracyDrop()).hasValue(0.5);
  }

  @Test
  void shouldCallEqualAnswersPerfect() {
    add(row(0, 0), row(0, 0), OptionalInt.empty());
    add(row(-2, 5), row(-2, 5), OptionalInt.empty());

    Quality quality = meter.quality();
    assertThat(quality.agreement()).isEqualTo(1);
    assertThat(quality.meanCosine()).isEqualTo(1);
    assertThat(quality.signalToNoise()).isInfinite();
  }

  @Test
  void shouldNotHideWhatIsNotANumber() {
    add(row(1, 0), row(Float.NaN, 0), OptionalInt.empty());
    add(row(1, 0), row(1, 0), OptionalInt.empty());

    assertThat(meter.quality().maxAbsDifference()).isNaN();
    assertThat(meter.quality().meanCosine()).isNaN();
  }

  @Test
  void shouldCountAnswersOfOtherShapesAsWrong() {
    add(row(1, 0), TensorValue.of(new float[3], 1, 3), OptionalInt.empty());
    add(row(1, 0), row(1, 0), OptionalInt.empty());

    OutputQuality quality = meter.quality().outputs().get(0);
    assertThat(quality.reshaped()).isEqualTo(1);
    assertThat(quality.agreement()).isEqualTo(0.5);
    assertThat(quality.noise()).isEqualTo(0.5);
  }

  @Test
  void shouldCompareMasksOfMinusInfinityAsEqual() {
    add(row(1, Float.NEGATIVE_INFINITY), row(1, Float.NEGATIVE_INFINITY), OptionalInt.empty());

    assertThat(meter.quality().maxAbsDifference()).isZero();
    assertThat(meter.quality().signalToNoise()).isInfinite();

    add(row(1, Float.NEGATIVE_INFINITY), row(1, 0), OptionalInt.empty());
    assertThat(meter.quality().maxAbsDifference()).isInfinite();
  }

  /** One large shared part hides what differs from the cosine, not from the range. */
  @Test
  void shouldSeeErrorsThatACosineHides() {
    QualityMeter vectors = new QualityMeter(Map.of("y", OutputKind.VECTORS));
    vectors.add(
        Map.of("y", row(100, 101, 100.5f)),
        Map.of("y", row(100.5f, 100.5f, 100.5f)),
        OptionalInt.empty());

    assertThat(vectors.quality().meanCosine()).isGreaterThan(0.9999);
    assertThat(vectors.quality().rangeError()).isGreaterThan(0.4);
  }

  @Test
  void shouldCompareWholeNumbersOneByOne() {
    QualityMeter ids = new QualityMeter(Map.of("y", OutputKind.INDICES));
    ids.add(
        Map.of("y", TensorValue.of(new long[] {7, 8, 9, 9}, 1, 4)),
        Map.of("y", TensorValue.of(new long[] {7, 8, 9, 1}, 1, 4)),
        OptionalInt.empty());

    assertThat(ids.quality().agreement()).isEqualTo(0.75);
  }

  private void add(TensorValue original, TensorValue candidate, OptionalInt label) {
    meter.add(Map.of("y", original), Map.of("y", candidate), label);
  }

  private static TensorValue row(float... values) {
    return TensorValue.of(values, 1, values.length);
  }
}
