package io.distillstream.quantization.gate;

import io.distillstream.model.ArgMax;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Compares answers one by one; holds sums, not answers. Not thread-safe. */
public final class QualityMeter {
  private int samples;
  private long rows;
  private long agreeing;
  private double cosines;
  private long elements;
  private double squaredSignal;
  private double squaredDifference;
  private double maxAbsDifference;
  private int labelled;
  private int originalRight;
  private int candidateRight;

  /**
   * Adds a sample.
   *
   * @param label of its only row, if one is known
   * @throws InvalidModelException if the answers have different shapes
   */
  public void add(TensorValue original, TensorValue candidate, OptionalInt label) {
    if (!Arrays.equals(original.shape(), candidate.shape())) {
      throw new InvalidModelException(
          "The candidate answers %s where the original answers %s".formatted(candidate, original));
    }
    samples++;
    int width = original.lastLength();
    for (int start = 0; start < original.size(); start += width) {
      addRow(original.floats(), candidate.floats(), start, width);
    }
    if (label.isPresent()) {
      labelled++;
      originalRight += ArgMax.of(original.floats(), 0, width) == label.getAsInt() ? 1 : 0;
      candidateRight += ArgMax.of(candidate.floats(), 0, width) == label.getAsInt() ? 1 : 0;
    }
  }

  private void addRow(float[] original, float[] candidate, int start, int width) {
    double signal = 0;
    double power = 0;
    double product = 0;
    double difference = 0;
    for (int i = start; i < start + width; i++) {
      double a = original[i];
      double b = candidate[i];
      signal += a * a;
      power += b * b;
      product += a * b;
      difference += (a - b) * (a - b);
      maxAbsDifference = Math.max(maxAbsDifference, Math.abs(a - b));
    }
    rows++;
    elements += width;
    squaredSignal += signal;
    squaredDifference += difference;
    // Two vectors of zeros point the same way.
    cosines +=
        signal == 0 && power == 0
            ? 1
            : product / Math.sqrt(Math.max(signal * power, Double.MIN_NORMAL));
    agreeing += ArgMax.of(original, start, width) == ArgMax.of(candidate, start, width) ? 1 : 0;
  }

  /** Of all samples so far. */
  public Quality quality() {
    return new Quality(
        samples,
        rows == 0 ? 0 : (double) agreeing / rows,
        rows == 0 ? 0 : cosines / rows,
        elements == 0 ? 0 : squaredDifference / elements,
        maxAbsDifference,
        10 * Math.log10(squaredSignal / squaredDifference),
        labelled,
        share(originalRight),
        share(candidateRight));
  }

  private OptionalDouble share(int right) {
    return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / labelled);
  }
}
