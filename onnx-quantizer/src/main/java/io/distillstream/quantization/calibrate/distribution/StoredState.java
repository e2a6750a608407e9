package io.distillstream.quantization.calibrate.distribution;

import java.io.DataInput;
import java.io.IOException;
import java.io.StreamCorruptedException;

/** Refuses a stored calibration state that cannot have been written. */
public final class StoredState {
  private StoredState() {}

  /**
   * Goes on if that holds.
   *
   * @param complaint what is wrong otherwise
   */
  public static void expect(boolean holds, String complaint) throws StreamCorruptedException {
    if (!holds) {
      throw corrupted(complaint);
    }
  }

  /** The error for what is wrong. */
  public static StreamCorruptedException corrupted(String complaint) {
    return new StreamCorruptedException("Not a calibration state: " + complaint);
  }

  /** Reads how often something occurred, which is a fraction once it has faded. */
  static double count(DataInput in) throws IOException {
    double count = in.readDouble();
    expect(count >= 0 && count < Double.POSITIVE_INFINITY, "a count of " + count);
    return count;
  }
}
