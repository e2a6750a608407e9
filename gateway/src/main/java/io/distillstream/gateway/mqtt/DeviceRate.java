package io.distillstream.gateway.mqtt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Bounds how many messages a second each device may send: a token bucket each. Not thread-safe. */
final class DeviceRate {

  /** As many seconds' worth may come at once as over HTTP. */
  private static final int BURST_SECONDS = 10;

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Those heard of longest ago are forgotten: they may have a burst again. */
  private static final int MOST_DEVICES = 100_000;

  private final int perSecond;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> devices =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_DEVICES;
        }
      };

  private static final class Bucket {
    double tokens;
    long atNanos;
  }

  DeviceRate(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Whether one more message of the device is within its rate. */
  boolean allows(String device) {
    long now = nanoTime.getAsLong();
    double most = (double) perSecond * BURST_SECONDS;
    Bucket bucket = devices.get(device);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = most;
      devices.put(device, bucket);
    } else {
      double refilled = (now - bucket.atNanos) / NANOS_PER_SECOND * perSecond;
      bucket.tokens = Math.min(most, bucket.tokens + refilled);
    }
    bucket.atNanos = now;
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens--;
    return true;
  }
}
