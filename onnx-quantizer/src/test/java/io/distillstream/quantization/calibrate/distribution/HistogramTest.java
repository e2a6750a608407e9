package io.distillstream.quantization.calibrate.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.calibrate.Activations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HistogramTest {

  @Test
  void shouldCountExactlyIntoBinsOfAPowerOfTwo() {
    Histogram histogram = new Histogram();
    histogram.add(new float[] {0, -1.5f, 4095, 0.25f, 0.75f, 0, -0f});

    assertThat(histogram.binWidth()).isEqualTo(2);
    assertThat(histogram.bounds()).isEqualTo(new Range(-1.5f, 4095));
    assertThat(histogram.total()).isEqualTo(7);
    assertThat(histogram.zeros()).isEqualTo(3);
    assertThat(histogram.count(-1)).isEqualTo(1);
    assertThat(histogram.count(0)).isEqualTo(2);
    assertThat(histogram.count(2047)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Activations.class)
  void shouldHoldTheSameWhateverTheOrderAndTheParts(Activations kind) throws IOException {
    float[] values = kind.draw();
    Histogram forwards = new Histogram();
    Histogram backwards = new Histogram();
    Histogram first = new Histogram();
    Histogram rest = new Histogram();
    for (int i = 0; i < values.length; i += 100) {
      forwards.add(Arrays.copyOfRange(values, i, i + 100));
      backwards.add(Arrays.copyOfRange(values, values.length - i - 100, values.length - i));
      (i < 3000 ? first : rest).add(Arrays.copyOfRange(values, i, i + 100));
    }
    rest.addAll(first);

    assertThat(bytes(forwards))
        .isEqualTo(bytes(kind.histogram()))
        .isEqualTo(bytes(backwards))
        .isEqualTo(bytes(rest));
  }

  @Test
  void shouldMergeHistogramsOfVeryDifferentWidth() throws IOException {
    float[] tiny = {1e-38f, -3e-38f, Float.MIN_VALUE};
    float[] huge = {9e29f, -1};
    Histogram merged = new Histogram();
    merged.add(tiny);
    Histogram other = new Histogram();
    other.add(huge);
    merged.addAll(other);

    Histogram together = new Histogram();
    together.add(new float[] {1e-38f, -3e-38f, Float.MIN_VALUE, 9e29f, -1});

    assertThat(bytes(merged)).isEqualTo(bytes(together));
    assertThat(merged.total()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(Activations.class)
  void shouldUseAtLeastHalfOfItsBins(Activations kind) {
    Histogram histogram = kind.histogram();

    assertThat(histogram.lastBin() - histogram.firstBin() + 1)
        .isBetween(Histogram.BINS / 2, Histogram.BINS);
  }

  @Test
  void shouldKeepMasksOutOfTheRange() {
    Histogram histogram = new Histogram();
    Range added =
        histogram.add(
            new float[] {
              1, -Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -2
            });

    assertThat(added).isEqualTo(histogram.bounds()).isEqualTo(new Range(-2, 1));
    assertThat(histogram.masks()).isEqualTo(4);
    assertThat(histogram.total()).isEqualTo(2);
  }

  // numpy.percentile(v.astype(float), …); see Activations.
  @ParameterizedTest
  @CsvSource({
    "RELU, 0.9995, 4.749217257261347",
    "RELU, 0.995, 2.7714789438247727",
    "RELU, 0.0005, 0",
    "NORMAL, 0.005, -1.388869153857231",
    "NORMAL, 0.99995, 1.7720692956924389",
    "HEAVY, 0.005, -5.16781213760376",
    "HEAVY, 0.9995, 13.418483551979397",
    "SKEWED, 0.0005, -0.10323378485813738",
  })
  void shouldFindQuantilesToWithinABin(Activations kind, double share, double expected) {
    Histogram histogram = kind.histogram();

    assertThat(histogram.quantile(share)).isCloseTo(expected, within(histogram.binWidth()));
  }

  @ParameterizedTest
  @EnumSource(Activations.class)
  void shouldHaveQuantilesThatAscendFromTheLeastToTheGreatest(Activations kind) {
    Histogram histogram = kind.histogram();
    double before = histogram.quantile(0);

    assertThat(before).isEqualTo(histogram.bounds().min());
    for (int i = 1; i <= 1000; i++) {
      double quantile = histogram.quantile(i / 1000.0);
      assertThat(quantile).isGreaterThanOrEqualTo(before);
      before = quantile;
    }
    assertThat(before).isEqualTo(histogram.bounds().max());
  }

  @ParameterizedTest
  @CsvSource({"RELU, 256", "NORMAL, 256", "HEAVY, 256", "SKEWED, 256", "RELU, 16", "HEAVY, 16"})
  void shouldExpectTheErrorThatRoundingMakes(Activations kind, int levels) {
    Histogram histogram = kind.histogram();
    Range all = histogram.bounds();
    for (float part : new float[] {1, 0.7f, 0.3f, 0.05f}) {
      Range range = new Range(all.min() * part, all.max() * part);

      assertThat(histogram.meanSquaredError(range, levels))
          .isCloseTo(kind.squaredError(range, levels), Percentage.withPercentage(5));
    }
  }

  // (d * d).mean(); see Activations.
  @ParameterizedTest
  @CsvSource({"RELU, 0.20278829918089722", "NORMAL, 0.33197243611738697"})
  void shouldGiveTheMeanSquareForOneLevel(Activations kind, double expected) {
    assertThat(kind.histogram().meanSquaredError(1, 0, 1))
        .isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  @Test
  void shouldExpectNoErrorOfWhatEveryRangeHolds() {
    Histogram zeros = new Histogram();
    zeros.add(new float[10]);

    assertThat(zeros.meanSquaredError(0.1, 3, 16)).isZero();
    assertThat(new Histogram().meanSquaredError(0.1, 3, 16)).isZero();
    assertThat(new Histogram().quantile(0.5)).isZero();
  }

  @Test
  void shouldRefuseLevelsThatCannotBe() {
    assertThatThrownBy(() -> new Histogram().meanSquaredError(0, 0, 256))
        .hasMessageContaining("scale above 0");
    assertThatThrownBy(() -> new Histogram().meanSquaredError(1, 256, 256))
        .hasMessageContaining("[0, 256)");
  }

  @Test
  void shouldForgetAnOutlierAndSeeFinelyAgain() {
    Histogram histogram = Activations.NORMAL.histogram();
    double fine = histogram.binWidth();
    histogram.add(new float[] {5000});
    double coarse = histogram.binWidth();
    histogram.fade(0x1p-11);

    assertThat(coarse).isGreaterThan(1);
    assertThat(histogram.bounds().max()).isLessThanOrEqualTo((float) (2 * coarse));
    assertThat(histogram.binWidth()).isLessThan(coarse);
    assertThat(histogram.total()).isCloseTo(Activations.COUNT * 0x1p-11, within(1e-2));

    // New traffic brings the shape back, however coarse what is left of the old one is.
    for (int i = 0; i < 20; i++) {
      histogram.add(Activations.NORMAL.draw());
      histogram.fade(0.5);
    }
    assertThat(histogram.binWidth()).isLessThanOrEqualTo(4 * fine);
    assertThat(histogram.quantile(0.995)).isCloseTo(1.4047, within(4 * fine));
  }

  @Test
  void shouldWeighEveryValueByItsAge() {
    Histogram histogram = new Histogram();
    for (int i = 0; i < 3; i++) {
      histogram.fade(0.5);
      histogram.add(new float[] {i + 1, 0});
    }

    assertThat(histogram.total()).isEqualTo(2 * 1.75);
    assertThat(histogram.zeros()).isEqualTo(1.75);
    assertThat(histogram.quantile(1)).isEqualTo(3);
  }

  @Test
  void shouldForgetEverythingInTheEnd() {
    Histogram histogram = Activations.SKEWED.histogram();
    histogram.fade(1e-9);

    assertThat(histogram.total()).isZero();
    assertThat(histogram.bounds()).isEqualTo(Range.ZERO);
  }

  @Test
  void shouldHoldAsMuchForFewValuesAsForMany() {
    Histogram few = new Histogram();
    few.add(new float[] {1});

    assertThat(Activations.HEAVY.histogram().stateBytes())
        .isEqualTo(few.stateBytes())
        .isLessThan(33000);
  }

  @Test
  void shouldComeBackFromBytes() throws IOException {
    byte[] bytes = bytes(Activations.HEAVY.histogram());

    Histogram read = Histogram.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)));

    assertThat(bytes(read)).isEqualTo(bytes);
    assertThat(read.total()).isEqualTo(Activations.COUNT);
  }

  private static byte[] bytes(Histogram histogram) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    histogram.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
