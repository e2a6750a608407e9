package io.distillstream.artifacts.incumbent;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Finds out whether teachers answer recent requests in another way than older ones: whether one
 * student, the incumbent, does worse, or better, on the newer requests of many labels than on the
 * older ones of the same labels.
 *
 * <p>A burst of like requests does not look like that: it concerns few labels, and requests of one
 * label are compared with such of the same label. At most {@value #MOST_OF_LABEL} newer requests of
 * a label count, so that three labels at least must have changed beyond doubt.
 *
 * <p>For each of a few cuts between newer and older requests the differences of the newer ones from
 * the mean of the older ones of their label are betted on by {@link BettingTest} in both
 * directions. Without a change their expectation is 0. A cut counts where its e-value is at least
 * the number of bets over {@value #RISK}. The mean of older ones is an estimate, so the risk is
 * approximate. A false alarm only shortens the memory of labels that were asked for since. Weights
 * depend on scores then, so that the comparison that follows is exact up to this risk. When it was
 * is where scores, less the mean of their label, split best into older and newer ones: the largest
 * standardized cumulative sum (Page, Continuous inspection schemes, Biometrika 41, 1954).
 */
final class MeaningChange {
  /** Newer requests, of all labels together. */
  private static final int[] CUTS = {16, 32, 64, 128, 256, 512};

  private static final int MOST_OF_LABEL = 6;
  private static final int FEWEST_OLDER = 8;
  private static final double RISK = 0.001;
  private static final double THRESHOLD = Math.log(2 * CUTS.length / RISK);

  private MeaningChange() {}

  /**
   * The arrival of the first request after a change; empty if there was none.
   *
   * @param sample label by label, the newest of each first
   * @param scores of one student, {@code [requests]}
   * @param since requests that arrived earlier are left out
   */
  static OptionalLong find(WeightedRequests sample, double[] scores, long since) {
    long[] arrivals = Arrays.stream(sample.arrivals()).filter(a -> a >= since).sorted().toArray();
    for (int newer : CUTS) {
      if (newer < arrivals.length
          && evidence(changes(sample, scores, since, arrivals[arrivals.length - newer]))
              >= THRESHOLD) {
        return OptionalLong.of(bestSplit(sample, scores, since));
      }
    }
    return OptionalLong.empty();
  }

  private static long bestSplit(WeightedRequests sample, double[] scores, long since) {
    Map<Integer, double[]> sums = new HashMap<>();
    int[] newestFirst =
        IntStream.range(0, sample.size())
            .filter(i -> sample.arrivals()[i] >= since)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -sample.arrivals()[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i : newestFirst) {
      double[] sum = sums.computeIfAbsent(sample.requests().get(i).label(), l -> new double[2]);
      sum[0] += scores[i];
      sum[1]++;
    }
    double newer = 0;
    double most = 0;
    long split = since;
    for (int n = 1; n < newestFirst.length; n++) {
      int i = newestFirst[n - 1];
      double[] sum = requireNonNull(sums.get(sample.requests().get(i).label()));
      newer += scores[i] - sum[0] / sum[1];
      double standardized = newer * newer / ((double) n * (newestFirst.length - n));
      if (n >= CUTS[0] / 2 && standardized > most) {
        most = standardized;
        split = sample.arrivals()[i];
      }
    }
    return split;
  }

  private static double evidence(double[] changes) {
    if (changes.length == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    double[] equally = new double[changes.length];
    Arrays.fill(equally, 1);
    double[] opposite = Arrays.stream(changes).map(change -> -change).toArray();
    return Math.max(
        new BettingTest(changes, equally).logEvidenceAgainst(0),
        new BettingTest(opposite, equally).logEvidenceAgainst(0));
  }

  /** Scores of newer requests minus the mean of the older ones of their label. */
  private static double[] changes(WeightedRequests sample, double[] scores, long since, long cut) {
    List<Double> changes = new ArrayList<>();
    int size = sample.size();
    for (int first = 0, end; first < size; first = end) {
      int label = sample.requests().get(first).label();
      int newer = 0;
      int older = 0;
      double sum = 0;
      for (end = first; end < size && sample.requests().get(end).label() == label; end++) {
        if (sample.arrivals()[end] >= cut) {
          newer++;
        } else if (sample.arrivals()[end] >= since) {
          older++;
          sum += scores[end];
        }
      }
      if (older >= FEWEST_OLDER) {
        for (int i = first; i < first + Math.min(newer, MOST_OF_LABEL); i++) {
          changes.add(scores[i] - sum / older);
        }
      }
    }
    return changes.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
