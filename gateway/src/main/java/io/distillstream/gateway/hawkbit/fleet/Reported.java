package io.distillstream.gateway.hawkbit.fleet;

import java.time.Instant;

/**
 * What became of an update on a target, and where on the topic that is: the topic's order, and no
 * clock, says what came last.
 *
 * @param installed whether the update answers now
 * @param offset -1 where it is not known
 */
public record Reported(long version, boolean installed, int partition, long offset, Instant at) {

  /**
   * Whether this came after another one. All of a target are in one partition, unless the topic was
   * given more of them in between: then only the time is left to tell.
   */
  boolean isAfter(Reported other) {
    return partition == other.partition ? offset > other.offset : !at.isBefore(other.at);
  }
}
