package io.distillstream.quantization.calibrate;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What calibration has observed so far, of every tensor: can be stored, merged with what another
 * instance observed, and turned into ranges by any method. Immutable.
 */
public final class CalibrationState {
  private final Map<String, TensorStatistics> tensors;
  private final long samples;

  /** Takes the statistics over. */
  CalibrationState(Map<String, TensorStatistics> tensors, long samples) {
    this.tensors = tensors;
    this.samples = samples;
  }

  /** Names of the watched tensors. */
  public Set<String> tensors() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** How many samples were observed; merging adds, fading does not subtract. */
  public long samples() {
    return samples;
  }

  /** A copy of what was counted of a tensor, unless it was not watched. */
  public Optional<Histogram> histogram(String tensor) {
    return Optional.ofNullable(tensors.get(tensor)).map(found -> found.copy().histogram());
  }

  /**
   * The ranges that the settings' method chooses.
   *
   * @throws IllegalStateException if nothing was observed
   * @throws InvalidModelException if a tensor held nothing but values that are no activations
   */
  public ActivationRanges ranges(CalibrationSettings settings) {
    if (samples == 0) {
      throw new IllegalStateException("No sample was observed, so no range is known");
    }
    Map<String, Range> ranges = new LinkedHashMap<>();
    tensors.forEach(
        (tensor, statistics) -> {
          Histogram histogram = statistics.histogram();
          if (histogram.total() == 0 && histogram.masks() > 0) {
            throw new InvalidModelException(
                "%s held only values that are not finite or beyond %s"
                    .formatted(tensor, Histogram.LIMIT));
          }
          ranges.put(tensor, statistics.range(settings));
        });
    return new ActivationRanges(ranges);
  }

  /**
   * What one would have observed that saw this one's samples and then the other's. Tensors that
   * only one of them watched are kept.
   *
   * @throws IllegalArgumentException if their moving averages are of unlike momentum
   */
  public CalibrationState mergedWith(CalibrationState later) {
    Map<String, TensorStatistics> merged = copies();
    later
        .copies()
        .forEach(
            (tensor, statistics) ->
                merged.merge(
                    tensor,
                    statistics,
                    (mine, theirs) -> {
                      mine.addAll(theirs);
                      return mine;
                    }));
    return new CalibrationState(merged, samples + later.samples);
  }

  /**
   * The same with all counts weighing less, so that what is merged in afterwards weighs more.
   * Moving averages fade by their momentum alone.
   *
   * @param factor in (0, 1], see {@link Histogram#fade}
   */
  public CalibrationState faded(double factor) {
    Map<String, TensorStatistics> faded = copies();
    faded.values().forEach(statistics -> statistics.fade(factor));
    return new CalibrationState(faded, samples);
  }

  /** Size of what is held; the same however many samples were observed. */
  public long stateBytes() {
    return tensors.values().stream().mapToLong(TensorStatistics::stateBytes).sum();
  }

  /** Writes it, bit for bit; the caller closes the stream. */
  public void writeTo(OutputStream out) throws IOException {
    CalibrationFile.write(this, out);
  }

  /**
   * Reads what {@link #writeTo} wrote; the caller closes the stream.
   *
   * @throws java.io.StreamCorruptedException if it is not that
   */
  public static CalibrationState readFrom(InputStream in) throws IOException {
    return CalibrationFile.read(in);
  }

  /** Copies, in the same order, for one who goes on. */
  Map<String, TensorStatistics> copies() {
    Map<String, TensorStatistics> copies = new LinkedHashMap<>();
    tensors.forEach((tensor, statistics) -> copies.put(tensor, statistics.copy()));
    return copies;
  }

  /** The statistics themselves, to be read only. */
  Map<String, TensorStatistics> statistics() {
    return tensors;
  }
}
