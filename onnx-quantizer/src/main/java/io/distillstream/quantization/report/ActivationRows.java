package io.distillstream.quantization.report;

import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.report.QuantizationReport.ActivationRow;
import java.util.List;

/** What a report says of calibrated activations. */
final class ActivationRows {
  private ActivationRows() {}

  static List<ActivationRow> of(Quantization made) {
    CalibrationSettings settings = made.settings().calibration();
    return made.calibration().map(state -> of(state, settings)).orElse(List.of());
  }

  private static List<ActivationRow> of(CalibrationState state, CalibrationSettings settings) {
    ActivationRanges ranges = state.ranges(settings);
    return state.tensors().stream()
        .map(
            tensor ->
                row(
                    tensor,
                    state.histogram(tensor).orElseThrow(),
                    ranges.of(tensor).orElseThrow(),
                    settings))
        .toList();
  }

  private static ActivationRow row(
      String tensor, Histogram histogram, Range range, CalibrationSettings settings) {
    Range seen = histogram.bounds();
    return new ActivationRow(
        tensor,
        settings.method().text(),
        range.min(),
        range.max(),
        seen.min(),
        seen.max(),
        range.scale(settings.levels()),
        range.zeroPoint(settings.levels()),
        Math.sqrt(histogram.meanSquaredError(range, settings.levels())));
  }
}
