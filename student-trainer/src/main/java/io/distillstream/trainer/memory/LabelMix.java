package io.distillstream.trainer.memory;

import java.util.Arrays;

/**
 * How far the labels of the newest examples are from those of all, so that a run of like requests
 * is told from traffic as it mostly is.
 *
 * <p>With q the shares of labels among the last {@value #WINDOW} examples and p those among all:
 *
 * <pre>
 * d = Σ |q - p| / 2                                  total variation distance, 0 to 1
 * e = Σ exp(-λ) λ^(⌊λ⌋+1) / ⌊λ⌋! / n,  λ = n p        what d is about for n examples drawn from p
 * skew = max(0, (d - e) / (1 - e))
 * </pre>
 *
 * <p>e is half of the mean absolute deviation of a Poisson number of examples of each label.
 * Without it traffic of many labels would always seem skewed. Not thread-safe.
 */
final class LabelMix {
  static final int WINDOW = 128;

  /** Counts are halved when they reach this sum. */
  static final long MOST = 100_000;

  private LabelCounts all;
  private final int[] newest;
  private int held;
  private int next;

  /** Continues from a state. */
  LabelMix(LabelMixState state) {
    all = new LabelCounts(state.all(), MOST);
    newest = Arrays.copyOf(state.newest(), WINDOW);
    held = state.newest().length;
    next = held % WINDOW;
  }

  /**
   * Counts an example.
   *
   * @param label the teacher's answer
   */
  void add(int label) {
    all.add(label);
    newest[next] = label;
    next = (next + 1) % WINDOW;
    held = Math.min(WINDOW, held + 1);
  }

  /** From now on the newest examples alone say what traffic mostly is. */
  void startOver() {
    all = new LabelCounts(new long[all.labels()], MOST);
    for (int i = 0; i < held; i++) {
      all.add(newest[i]);
    }
  }

  /** Whether one of the newest examples has this label. */
  boolean isAround(int label) {
    for (int i = 0; i < held; i++) {
      if (newest[i] == label) {
        return true;
      }
    }
    return false;
  }

  /** See above; 0 while fewer examples were met than the window holds. */
  double skew() {
    if (held < WINDOW) {
      return 0;
    }
    int[] counts = new int[all.labels()];
    for (int label : newest) {
      counts[label]++;
    }
    double distance = 0;
    double expected = 0;
    for (int label = 0; label < all.labels(); label++) {
      double share = all.share(label);
      distance += Math.abs((double) counts[label] / WINDOW - share) / 2;
      expected += deviation(WINDOW * share) / WINDOW;
    }
    return expected >= 1 ? 0 : Math.max(0, (distance - expected) / (1 - expected));
  }

  /** Half of the mean absolute deviation of a Poisson number of this mean. */
  private static double deviation(double mean) {
    double term = mean * StrictMath.exp(-mean);
    for (int k = 1; k <= mean; k++) {
      term *= mean / k;
    }
    return term;
  }

  /** Everything that later answers depend on. */
  LabelMixState state() {
    int[] inOrder = new int[held];
    for (int i = 0; i < held; i++) {
      inOrder[i] = newest[Math.floorMod(next - held + i, WINDOW)];
    }
    return new LabelMixState(all.counts(), inOrder);
  }
}
