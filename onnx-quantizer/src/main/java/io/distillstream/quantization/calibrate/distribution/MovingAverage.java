package io.distillstream.quantization.calibrate.distribution;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Moving averages of the least and the greatest value per sample. The average of x₁ … xₙ is Σ mⁿ⁻ⁱ
 * xᵢ / Σ mⁿ⁻ⁱ with momentum m: a first sample does not weigh more than its age allows.
 */
public final class MovingAverage {
  private final double momentum;
  private double leastSum;
  private double greatestSum;
  private double weight;
  private long samples;

  public MovingAverage(double momentum) {
    this.momentum = momentum;
  }

  public void add(Range ofSample) {
    leastSum = momentum * leastSum + ofSample.min();
    greatestSum = momentum * greatestSum + ofSample.max();
    weight = momentum * weight + 1;
    samples++;
  }

  /** Appends the samples that another one saw, as if they came after this one's. */
  public void addAll(MovingAverage later) {
    if (later.momentum != momentum) {
      throw new IllegalArgumentException(
          "Expected averages of one momentum, got %s and %s".formatted(momentum, later.momentum));
    }
    double faded = Math.pow(momentum, (double) later.samples);
    leastSum = faded * leastSum + later.leastSum;
    greatestSum = faded * greatestSum + later.greatestSum;
    weight = faded * weight + later.weight;
    samples += later.samples;
  }

  public Range range() {
    return weight == 0
        ? Range.ZERO
        : new Range((float) (leastSum / weight), (float) (greatestSum / weight));
  }

  public double momentum() {
    return momentum;
  }

  public long stateBytes() {
    return 4 * Double.BYTES + Long.BYTES;
  }

  public void writeTo(DataOutput out) throws IOException {
    out.writeDouble(momentum);
    out.writeDouble(leastSum);
    out.writeDouble(greatestSum);
    out.writeDouble(weight);
    out.writeLong(samples);
  }

  public static MovingAverage readFrom(DataInput in) throws IOException {
    MovingAverage read = new MovingAverage(in.readDouble());
    read.leastSum = in.readDouble();
    read.greatestSum = in.readDouble();
    read.weight = in.readDouble();
    read.samples = in.readLong();
    StoredState.expect(
        read.momentum >= 0
            && read.momentum < 1
            && read.leastSum <= 0
            && read.greatestSum >= 0
            && read.weight >= 0
            && read.samples >= 0
            && Double.isFinite(read.greatestSum - read.leastSum + read.weight),
        "moving averages that cannot be");
    return read;
  }
}
