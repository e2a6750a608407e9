package io.distillstream.benchmarks.measure;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Two ways to do the same work, measured in turns: A B A B. */
public final class Comparison {

  /** Does the work once and says how long it took, in seconds. */
  public interface Way {
    double run() throws Exception;
  }

  private final String unit;
  private final int amount;

  /**
   * @param unit what is counted, such as {@code texts}
   * @param amount how many of them one run works through
   */
  public Comparison(String unit, int amount) {
    this.unit = unit;
    this.amount = amount;
  }

  /**
   * Runs both {@code rounds} times, after a round that does not count, and prints the median of the
   * ratios of each round.
   */
  public void print(PrintWriter out, int rounds, String nameA, Way a, String nameB, Way b)
      throws Exception {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double rateA = amount / a.run();
      double rateB = amount / b.run();
      out.printf(
          Locale.ROOT,
          "%-10s %s %.1f %s/s, %s %.1f %s/s, ratio %.3f%n",
          round == 0 ? "warm-up" : "round " + round,
          nameA,
          rateA,
          unit,
          nameB,
          rateB,
          unit,
          rateA / rateB);
      out.flush();
      if (round > 0) {
        ratios.add(rateA / rateB);
      }
    }
    double[] sorted = ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    out.printf(
        Locale.ROOT,
        "median ratio %s / %s: %.3f (%s)%n",
        nameA,
        nameB,
        sorted[sorted.length / 2],
        Arrays.stream(sorted).mapToObj(r -> String.format(Locale.ROOT, "%.3f", r)).toList());
    out.flush();
  }
}
