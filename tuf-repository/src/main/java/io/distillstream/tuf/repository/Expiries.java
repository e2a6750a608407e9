package io.distillstream.tuf.repository;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How long new metadata of each role is valid.
 *
 * @param root signed by hand, with a key that is offline
 * @param targets the top-level role, signed by hand
 * @param channel a delegated role, signed with every publication of its channel
 * @param snapshot signed with every publication of any channel
 * @param timestamp the same
 */
public record Expiries(
    Duration root, Duration targets, Duration channel, Duration snapshot, Duration timestamp) {

  public static final Expiries DEFAULTS =
      new Expiries(
          Duration.ofDays(365),
          Duration.ofDays(90),
          Duration.ofDays(7),
          Duration.ofDays(1),
          Duration.ofDays(1));

  /** The expiry of metadata that is signed now: TUF's times have whole seconds. */
  static Instant from(Instant now, Duration validity) {
    return now.plus(validity).truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Whether it is time to sign anew: less than half of the validity is left, so that a signer that
   * is away for as long lets nothing expire.
   */
  static boolean due(Instant expires, Duration validity, Instant now) {
    return now.plus(validity.dividedBy(2)).isAfter(expires);
  }
}
