package io.distillstream.local.feed;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A steady rate. After a time in which nothing could be sent it goes on at the rate and does not
 * make up for what was missed, so that a full pipeline is not met with a burst.
 */
public final class Pace {

  private static final double LARGEST_BURST_SECONDS = 0.25;

  private final double perSecond;
  private final LongSupplier nanoClock;
  private double credit;
  private long last;

  /**
   * @param perSecond requests; {@link Double#POSITIVE_INFINITY} for as fast as possible
   */
  public Pace(double perSecond, LongSupplier nanoClock) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("A rate must be positive, is " + perSecond);
    }
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.last = nanoClock.getAsLong();
  }

  /** How long to wait until {@code requests} more may be sent, in nanoseconds; 0 takes them. */
  public long take(int requests) {
    if (Double.isInfinite(perSecond)) {
      return 0;
    }
    long now = nanoClock.getAsLong();
    double burst = Math.max(requests, perSecond * LARGEST_BURST_SECONDS);
    credit = Math.min(burst, credit + (now - last) * perSecond / TimeUnit.SECONDS.toNanos(1));
    last = now;
    if (credit >= requests) {
      credit -= requests;
      return 0;
    }
    return Math.max(1, (long) ((requests - credit) / perSecond * TimeUnit.SECONDS.toNanos(1)));
  }

  /** Waits until {@code requests} more may be sent. */
  public void await(int requests) throws InterruptedException {
    for (long wait = take(requests); wait > 0; wait = take(requests)) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }
}
