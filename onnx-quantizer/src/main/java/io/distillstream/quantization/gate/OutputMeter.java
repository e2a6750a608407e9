package io.distillstream.quantization.gate;

import io.distillstream.model.ArgMax;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Arrays;

/** Compares answers on one output; holds sums and an error per row, not answers. */
final class OutputMeter {
  /** Beyond it are masks, which have no part in the range of an output. */
  private static final double LARGEST = 1e30;

  /** The share of rows whose error an output is judged by. */
  private static final double ROWS = 0.99;

  private final String output;
  private final OutputKind kind;
  private long compared;
  private long agreeing;
  private double cosines;
  private double[] rowErrors = new double[64];
  private int rows;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;
  private double squaredSignal;
  private double squaredDifference;
  private double maxAbsDifference;
  private int reshaped;

  OutputMeter(String output, OutputKind kind) {
    this.output = output;
    this.kind = kind;
  }

  void add(TensorValue original, TensorValue candidate) {
    float[] a = numbers(original);
    int width = original.lastLength();
    if (!Arrays.equals(original.shape(), candidate.shape())) {
      reshaped++;
      addMissing(a, width);
      return;
    }
    float[] b = numbers(candidate);
    for (int start = 0; start < a.length; start += width) {
      addRow(a, b, start, width);
    }
  }

  /** Nothing corresponds to these rows: none agrees, and all of their power is lost. */
  private void addMissing(float[] original, int width) {
    compared +=
        kind == OutputKind.INDICES || width == 0 ? original.length : original.length / width;
    for (float a : original) {
      double power = Math.abs(a) <= LARGEST ? (double) a * a : 0;
      squaredSignal += power;
      squaredDifference += power;
    }
  }

  private static float[] numbers(TensorValue value) {
    if (value.isFloat()) {
      return value.floats();
    }
    float[] numbers = new float[value.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = value.longs()[i];
    }
    return numbers;
  }

  private void addRow(float[] original, float[] candidate, int start, int width) {
    double signal = 0;
    double power = 0;
    double product = 0;
    double difference = 0;
    int equal = 0;
    for (int i = start; i < start + width; i++) {
      double a = original[i];
      double b = candidate[i];
      // Masks of minus infinity answer each other; their difference would be no number.
      boolean same = Double.compare(a, b) == 0;
      equal += same ? 1 : 0;
      if (same && (Math.abs(a) > LARGEST || Double.isNaN(a))) {
        continue;
      }
      signal += a * a;
      power += b * b;
      product += a * b;
      difference += (a - b) * (a - b);
      maxAbsDifference = Math.max(maxAbsDifference, Math.abs(a - b));
      if (Math.abs(a) <= LARGEST) {
        least = Math.min(least, a);
        greatest = Math.max(greatest, a);
      }
    }
    squaredSignal += signal;
    squaredDifference += difference;
    // Two vectors of zeros point the same way.
    cosines +=
        signal == 0 && power == 0
            ? 1
            : product / Math.sqrt(Math.max(signal * power, Double.MIN_NORMAL));
    if (rows == rowErrors.length) {
      rowErrors = Arrays.copyOf(rowErrors, 2 * rows);
    }
    rowErrors[rows++] = Math.sqrt(difference / width);
    if (kind == OutputKind.INDICES) {
      compared += width;
      agreeing += equal;
    } else {
      compared++;
      agreeing += ArgMax.of(original, start, width) == ArgMax.of(candidate, start, width) ? 1 : 0;
    }
  }

  OutputQuality quality() {
    return new OutputQuality(
        output,
        kind,
        compared == 0 ? 1 : (double) agreeing / compared,
        rows == 0 ? 1 : cosines / rows,
        rangeError(),
        over(squaredDifference, squaredSignal),
        maxAbsDifference,
        reshaped);
  }

  private double rangeError() {
    if (rows == 0) {
      return 0;
    }
    double[] sorted = Arrays.copyOf(rowErrors, rows);
    Arrays.sort(sorted);
    return over(sorted[(int) Math.ceil(ROWS * rows) - 1], greatest - least);
  }

  private static double over(double error, double whole) {
    return error == 0 ? 0 : whole > 0 ? error / whole : Double.POSITIVE_INFINITY;
  }
}
