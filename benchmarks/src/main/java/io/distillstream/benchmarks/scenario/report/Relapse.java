package io.distillstream.benchmarks.scenario.report;

import io.distillstream.benchmarks.scenario.run.Variant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a good student made of requests that came grouped by label, once per seed.
 *
 * @param before agreement of the good student, on the held-out set
 * @param records grouped ones that followed, per seed
 */
public record Relapse(Variant variant, double before, int records, List<Seed> seeds) {

  /**
   * One order of the labels.
   *
   * @param worstStep smallest difference in agreement between a published version and its
   *     incumbent; empty where nothing was published
   * @param atEnd agreement of the last candidate
   * @param devices agreement of what devices have in the end
   */
  public record Seed(
      long seed,
      OptionalDouble worstStep,
      double atEnd,
      double devices,
      long published,
      long refused) {}

  public Relapse {
    seeds = List.copyOf(seeds);
  }

  /** Over all seeds; empty where nothing was published. */
  public OptionalDouble worstStep() {
    return seeds.stream().flatMapToDouble(seed -> seed.worstStep().stream()).min();
  }

  /** The worst that devices have in the end. */
  public double leastDevices() {
    return seeds.stream().mapToDouble(Seed::devices).min().orElse(Double.NaN);
  }

  public long published() {
    return seeds.stream().mapToLong(Seed::published).sum();
  }

  public long refused() {
    return seeds.stream().mapToLong(Seed::refused).sum();
  }
}
