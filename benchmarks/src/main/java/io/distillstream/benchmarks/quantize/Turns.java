package io.distillstream.benchmarks.quantize;

import io.distillstream.benchmarks.measure.Quantiles;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Latency of several models on the same samples, nanoseconds. In each round one model after the
 * other answers all samples; of each sample a model's fastest round counts, since whatever else the
 * machine does only ever adds.
 */
final class Turns {
  private final long[][] fastest;

  private Turns(long[][] fastest) {
    this.fastest = fastest;
  }

  /**
   * Lets the models answer.
   *
   * @param models each answers the sample of the given index
   * @param samples how many there are, at least one
   * @param rounds that count, after one that does not
   */
  static Turns of(List<IntConsumer> models, int samples, int rounds) {
    long[][] fastest = new long[models.size()][samples];
    for (int round = 0; round <= rounds; round++) {
      for (int m = 0; m < fastest.length; m++) {
        for (int i = 0; i < samples; i++) {
          long start = System.nanoTime();
          models.get(m).accept(i);
          long nanos = System.nanoTime() - start;
          fastest[m][i] = round <= 1 ? nanos : Math.min(fastest[m][i], nanos);
        }
      }
    }
    return new Turns(fastest);
  }

  /** Median over the samples, milliseconds. */
  double medianMillis(int model) {
    return Quantiles.median(Arrays.stream(fastest[model]).asDoubleStream()) / 1e6;
  }

  /** Median over the samples of the ratio of both models' times on the same sample. */
  double ratio(int model, int over) {
    return Quantiles.median(
        IntStream.range(0, fastest[model].length)
            .mapToDouble(i -> (double) fastest[model][i] / fastest[over][i]));
  }
}
