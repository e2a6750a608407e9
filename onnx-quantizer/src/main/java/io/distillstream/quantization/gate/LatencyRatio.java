package io.distillstream.quantization.gate;

import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Latency of a candidate beside its original's, on this machine.
 *
 * @param original of the fp32 model
 * @param candidate of the other
 * @param median of the ratios of median over the samples, candidate over original
 * @param p95 ratio of the 95th percentiles
 */
public record LatencyRatio(Latency original, Latency candidate, double median, double p95) {
  private static final int WARM_UP_CALLS = 8;

  /** So many times the rounds are made before a candidate counts as too slow. */
  private static final int PATIENCE = 5;

  /**
   * Calls both in turns, sample by sample, so that whatever else the machine does slows both alike.
   * Of several rounds the fastest call per sample counts: noise only ever adds. Further rounds, up
   * to five times as many, follow while the candidate seems too slow, since a machine that stutters
   * may have hit its calls more than the original's.
   *
   * @param samples at least one
   * @param rounds at least one
   * @param largestP95 ratio of the 95th percentiles above which the candidate is too slow
   */
  public static LatencyRatio measure(
      LoadedModel original,
      LoadedModel candidate,
      List<Sample> samples,
      int rounds,
      double largestP95) {
    return measure(original, candidate, samples, rounds, largestP95, System::nanoTime);
  }

  static LatencyRatio measure(
      LoadedModel original,
      LoadedModel candidate,
      List<Sample> samples,
      int rounds,
      double largestP95,
      LongSupplier nanoClock) {
    for (Sample sample : samples.subList(0, Math.min(WARM_UP_CALLS, samples.size()))) {
      original.run(sample);
      candidate.run(sample);
    }
    long[] ofOriginal = new long[samples.size()];
    long[] ofCandidate = new long[samples.size()];
    Arrays.fill(ofOriginal, Long.MAX_VALUE);
    Arrays.fill(ofCandidate, Long.MAX_VALUE);
    LatencyRatio ratio;
    int round = 0;
    do {
      for (int i = 0; i < samples.size(); i++) {
        long start = nanoClock.getAsLong();
        original.run(samples.get(i));
        long between = nanoClock.getAsLong();
        candidate.run(samples.get(i));
        long end = nanoClock.getAsLong();
        ofOriginal[i] = Math.min(ofOriginal[i], Math.max(1, between - start));
        ofCandidate[i] = Math.min(ofCandidate[i], Math.max(1, end - between));
      }
      round++;
      ratio = of(Latency.of(ofOriginal), Latency.of(ofCandidate));
    } while (round < rounds || (ratio.p95 > largestP95 && round < PATIENCE * rounds));
    return ratio;
  }

  private static LatencyRatio of(Latency original, Latency candidate) {
    return new LatencyRatio(
        original,
        candidate,
        candidate.median() / original.median(),
        candidate.p95() / original.p95());
  }
}
