package io.distillstream.lag;

import java.time.Duration;

/**
 * What one measurement may spend on reading. What is not read is left to the next measurement;
 * until then, a difference of offsets stands for it.
 *
 * @param exactUpTo the greatest gap, in offsets, between a group and the end of a partition that is
 *     read to count its records
 * @param bytes of all records together; exceeded by one fetch at most
 * @param time for all reading together
 */
public record LagBounds(int exactUpTo, long bytes, Duration time) {

  /** Moderate bounds on bytes and time. */
  public LagBounds(int exactUpTo) {
    this(exactUpTo, 16L << 20, Duration.ofSeconds(1));
  }
}
