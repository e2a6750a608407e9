package io.distillstream.quantization.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.quantization.calibrate.distribution.EntropyRange;
import io.distillstream.quantization.calibrate.distribution.Range;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MethodsTest {
  private static final CalibrationSettings PERCENTILE =
      CalibrationSettings.of(CalibrationMethod.PERCENTILE);

  @ParameterizedTest
  @CsvSource({
    "RELU, 0, 5.602304935455322",
    "HEAVY, -20.420682907104492, 17.671682357788086",
  })
  void shouldTakeTheLeastAndTheGreatestValue(Activations kind, float min, float max) {
    assertThat(range(kind, CalibrationSettings.of(CalibrationMethod.MIN_MAX)))
        .isEqualTo(new Range(min, max));
  }

  // HistogramCollector("percentile", False, 2048, 128, p, "same") of onnxruntime 1.32.0, which cuts
  // at a bin's edge; its bins are up to twice as wide as ours.
  @ParameterizedTest
  @CsvSource({
    "RELU, 99, 0, 2.7737975120544434",
    "RELU, 99.9, 0, 4.7816548347473145",
    "NORMAL, 99.9, -1.6567693948745728, 1.683549165725708",
    "NORMAL, 99.99, -1.821018099784851, 1.7746000289916992",
    "HEAVY, 99, -5.184939384460449, 5.464128494262695",
    "HEAVY, 99.9, -12.48373794555664, 13.58055305480957",
    "SKEWED, 99.9, -0.10394906997680664, 4.7816548347473145",
  })
  void shouldClipWhereOnnxRuntimeDoes(Activations kind, double percentile, float min, float max) {
    Range range = range(kind, PERCENTILE.withPercentile(percentile));
    float tolerance = 0.02f * Math.max(max, -min);

    assertThat(range.min()).isCloseTo(min, within(tolerance));
    assertThat(range.max()).isCloseTo(max, within(tolerance));
  }

  @ParameterizedTest
  @EnumSource(Activations.class)
  void shouldWidenWithThePercentile(Activations kind) {
    Range inner = Range.ZERO;
    for (double percentile : new double[] {60, 90, 99, 99.9, 99.99, 100}) {
      Range outer = range(kind, PERCENTILE.withPercentile(percentile));
      assertThat(outer.contains(inner)).isTrue();
      inner = outer;
    }
    assertThat(inner).isEqualTo(kind.histogram().bounds());
  }

  /**
   * {@code segkl} assigns bins to levels as pytorch-quantization's {@code _compute_amax_entropy}
   * does, and goes through all thresholds:
   *
   * <pre>{@code
   * def segkl(c, frm, to, L):
   *     inside = c[frm:to]; n = to - frm; m = inside > 0
   *     dig = np.digitize(range(n), np.linspace(0, n, num=L + 1)) - 1
   *     s = np.bincount(dig[m], weights=inside[m], minlength=L)
   *     q = np.zeros(n); q[m] = (s / np.maximum(np.bincount(dig[m], minlength=L), 1))[dig[m]]
   *     p = inside.copy(); p[0] += c[:frm].sum(); p[-1] += c[to:].sum()
   *     if (q[p > 0] == 0).any(): return np.inf
   *     P, Q, mm = p / p.sum(), q / q.sum(), p > 0
   *     return (P[mm] * np.log(P[mm] / Q[mm])).sum()
   * for t in range(max(zero, n - zero), 0, -1):  # c: counts without zeros; zero: bin of 0
   *     f, to = max(0, zero - t), min(n, zero + t); d = segkl(c, f, to, L) if to - f >= L else np.inf
   *     if d < best[0]: best = (d, f, to)
   * }</pre>
   */
  @ParameterizedTest
  @CsvSource({
    "RELU, 8, 0, 2.451171875",
    "RELU, 7, 0, 2.63671875",
    "RELU, 4, 0, 1.873046875",
    "NORMAL, 8, -1.8203125, 1.776051640510559",
    "NORMAL, 4, -1.75390625, 1.75390625",
    "HEAVY, 8, -3.953125, 3.953125",
    "HEAVY, 7, -1.9375, 1.9375",
    "SKEWED, 8, -0.11425995826721191, 4.224609375",
    "SKEWED, 7, -0.11425995826721191, 3.71484375",
  })
  void shouldLoseLeastInformation(Activations kind, int bits, float min, float max) {
    CalibrationSettings settings = CalibrationSettings.of(CalibrationMethod.ENTROPY).withBits(bits);

    assertThat(range(kind, settings)).isEqualTo(new Range(min, max));
  }

  // As above.
  @ParameterizedTest
  @CsvSource({
    "RELU, 256, 0, 1255, 0.18950860068226588",
    "RELU, 256, 0, 2869, 0.24268730781402828",
    "HEAVY, 256, 1054, 1560, 0.17421237837980436",
    "HEAVY, 128, 0, 2438, 0.8390778722725425",
    "SKEWED, 16, 0, 527, 0.3699325434620649",
  })
  void shouldMeasureTheDivergenceOfAWindow(
      Activations kind, int levels, int from, int to, double expected) {
    EntropyRange entropy = new EntropyRange(kind.histogram(), levels);

    assertThat(entropy.divergence(from, to)).isCloseTo(expected, within(1e-11));
  }

  @Test
  void shouldKeepAllWhereLevelsAreFinerThanBins() {
    CalibrationSettings settings = CalibrationSettings.of(CalibrationMethod.ENTROPY).withBits(16);

    assertThat(range(Activations.HEAVY, settings))
        .isEqualTo(Activations.HEAVY.histogram().bounds());
  }

  // The least error on the values themselves among 99 × 99 fractions of the bounds, with numpy.
  @ParameterizedTest
  @CsvSource({
    "RELU, 8, 1.6349172389356312e-05",
    "RELU, 4, 0.0025704701185819403",
    "NORMAL, 8, 1.5997358736060452e-05",
    "NORMAL, 4, 0.0031554716650062857",
    "HEAVY, 8, 0.0008654333993494124",
    "HEAVY, 4, 0.06806760357954293",
    "SKEWED, 8, 3.7208122873858515e-05",
    "SKEWED, 4, 0.0032196924142332065",
  })
  void shouldMakeAsLittleErrorAsAnyRange(Activations kind, int bits, double least) {
    CalibrationSettings settings = CalibrationSettings.of(CalibrationMethod.MSE).withBits(bits);

    double error = kind.squaredError(range(kind, settings), settings.levels());

    assertThat(error).isCloseTo(least, Percentage.withPercentage(2.5));
  }

  @ParameterizedTest
  @EnumSource(CalibrationMethod.class)
  void shouldScaleWithTheValues(CalibrationMethod method) {
    CalibrationSettings settings = CalibrationSettings.of(method).withBits(4);
    for (Activations kind : Activations.values()) {
      Range range = statistics(kind.draw()).range(settings);
      float[] scaled = kind.draw();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= 1024;
      }

      assertThat(statistics(scaled).range(settings))
          .isEqualTo(new Range(range.min() * 1024, range.max() * 1024));
    }
  }

  @ParameterizedTest
  @EnumSource(CalibrationMethod.class)
  void shouldStayWithinWhatWasSeenAndHoldZero(CalibrationMethod method) {
    for (Activations kind : Activations.values()) {
      Range range = range(kind, CalibrationSettings.of(method));

      assertThat(kind.histogram().bounds().contains(range)).isTrue();
      assertThat(range.contains(Range.ZERO)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(CalibrationMethod.class)
  void shouldServeConstantsAndNothing(CalibrationMethod method) {
    CalibrationSettings settings = CalibrationSettings.of(method);

    assertThat(statistics(new float[] {-3, -3}).range(settings).contains(new Range(-3, 0)))
        .isTrue();
    assertThat(statistics(new float[] {0, 0}).range(settings)).isEqualTo(Range.ZERO);
    assertThat(TensorStatistics.empty(0.9).range(settings)).isEqualTo(Range.ZERO);
  }

  @Test
  void shouldAverageTheBoundsOfSamplesByTheirAge() {
    TensorStatistics statistics = TensorStatistics.empty(0.5);
    statistics.add(new float[] {1, -4});
    statistics.add(new float[] {2, 0.5f});
    statistics.add(new float[] {4, -1});

    Range range = statistics.range(CalibrationSettings.of(CalibrationMethod.MOVING_AVERAGE));

    assertThat(range.max()).isCloseTo((0.25f * 1 + 0.5f * 2 + 4) / 1.75f, within(1e-6f));
    assertThat(range.min()).isCloseTo(-(0.25f * 4 + 1) / 1.75f, within(1e-6f));
  }

  private static Range range(Activations kind, CalibrationSettings settings) {
    return statistics(kind.draw()).range(settings);
  }

  private static TensorStatistics statistics(float[] values) {
    TensorStatistics statistics = TensorStatistics.empty(0.9);
    statistics.add(values);
    return statistics;
  }
}
