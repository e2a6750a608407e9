package io.distillstream.joiner;

/**
 * A clock that follows the wall clock, but goes on from where it was when that one is set back.
 *
 * <p>What is kept by time is found again then, and still forgotten in time: a clock that stood
 * still until the wall clock has caught up would keep everything until then. Not thread-safe.
 */
final class SteadyTime {

  private long newest = Long.MIN_VALUE;

  /** How far the wall clock was set back in all. */
  private long ahead;

  /** It is never earlier than this from now on. */
  void notBefore(long millis) {
    newest = Math.max(newest, millis);
  }

  /** The time when the wall clock says so, epoch milliseconds. */
  long at(long wallMillis) {
    if (wallMillis + ahead < newest) {
      ahead = newest - wallMillis;
    }
    newest = wallMillis + ahead;
    return newest;
  }
}
