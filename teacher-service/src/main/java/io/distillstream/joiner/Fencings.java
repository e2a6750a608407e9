package io.distillstream.joiner;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often this process lost its place in the group, to which it keeps its name over restarts.
 *
 * <p>Whoever joins under that name takes the place. Brokers also fence a member that nobody
 * replaced, where its join was answered after it had given up and joined again, or where they were
 * killed and know an earlier one only; it has to join again then. They do not tell which of the two
 * it was. So it always joins again, but only so often within a while. Of two processes under one
 * name the older one is fenced first, and is the one that gives up.
 */
final class Fencings {
  private static final int MOST = 2;
  private static final Duration WHILE = Duration.ofMinutes(5);

  private final Clock clock;
  private final Deque<Instant> recent = new ArrayDeque<>();

  Fencings(Clock clock) {
    this.clock = clock;
  }

  /** Takes note of one; answers whether to join again. */
  synchronized boolean mayJoinAgain() {
    Instant now = clock.instant();
    recent.removeIf(earlier -> earlier.isBefore(now.minus(WHILE)));
    recent.add(now);
    return recent.size() <= MOST;
  }
}
