package io.distillstream.quantization.search;

/**
 * How latency is measured.
 *
 * @param samples evaluation samples that are timed, at most; 0 for no timing
 * @param rounds calls per sample, of which the fastest counts; more are made of a candidate that
 *     would be refused
 */
public record Timing(int samples, int rounds) {
  public Timing {
    if (samples < 0 || rounds < 1) {
      throw new IllegalArgumentException(
          "Expected at least 0 samples and 1 round, got %d and %d".formatted(samples, rounds));
    }
  }
}
