package io.distillstream.artifacts.incumbent;

import java.util.Map;
import java.util.TreeMap;

/**
 * The long-run shares of labels in traffic, which bursts hardly move.
 *
 * <p>Every request counts one for its label, and fades. In a burst it counts less: while a label
 * makes up r of the recent requests, more than twice its long-run share π (or than twice an equal
 * share, if that is more), one counts {@code 2 max(π, 1/labels) / r}. So a label that traffic
 * consists of for a while gains about twice what it would have gained anyway, and one that stays
 * frequent gets its share in the end.
 *
 * <p>Not thread-safe.
 */
final class LabelShares {
  private static final double RECENT_HALF_LIFE = 50;
  private static final double TOLERATED = 2;

  private final double fading;
  private final double recentFading = Math.pow(2, -1 / RECENT_HALF_LIFE);
  private final Map<Integer, Count> counts = new TreeMap<>();
  private double total;
  private double recentTotal;
  private long added;

  /** Faded as of the request of this number. */
  private static final class Count {
    private double value;
    private double recent;
    private long asOf;
  }

  /**
   * @param halfLife after how many further requests one counts half
   */
  LabelShares(double halfLife) {
    this.fading = Math.pow(2, -1 / halfLife);
  }

  /** Counts one request more. */
  void add(int label) {
    added++;
    Count count = counts.computeIfAbsent(label, l -> new Count());
    double elapsed = (double) (added - count.asOf);
    count.recent = count.recent * Math.pow(recentFading, elapsed) + 1;
    count.value *= Math.pow(fading, elapsed);
    count.asOf = added;
    recentTotal = recentTotal * recentFading + 1;
    total *= fading;
    double share = total == 0 ? 0 : count.value / total;
    double tolerated = TOLERATED * Math.max(share, 1.0 / counts.size());
    // As if the window had been full from the start: the first requests are no bursts.
    double recentShare = count.recent / Math.max(recentTotal, RECENT_HALF_LIFE);
    double step = Math.min(1, tolerated / recentShare);
    count.value += step;
    total += step;
  }

  /** Of a label, in [0, 1]; 0 before it was met. */
  double of(int label) {
    Count count = counts.get(label);
    return count == null || total == 0
        ? 0
        : count.value * Math.pow(fading, (double) (added - count.asOf)) / total;
  }
}
