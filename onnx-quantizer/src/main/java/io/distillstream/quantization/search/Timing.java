package io.distillstream.quantization.search;

import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.gate.Gate;
import io.distillstream.quantization.gate.Measurements;
import java.util.Optional;

/**
 * How latency is measured.
 *
 * @param samples evaluation samples that are timed, at most; 0 for no timing
 * @param rounds calls per sample, of which the fastest counts
 */
public record Timing(int samples, int rounds) {
  public Timing {
    if (samples < 0 || rounds < 1) {
      throw new IllegalArgumentException(
          "Expected at least 0 samples and 1 round, got %d and %d".formatted(samples, rounds));
    }
  }

  /** The attempt with its latency beside the original's, judged by it. */
  public Attempt time(Attempt attempt, Reference reference, Gate gate, LoadedModel.Loader loader) {
    if (samples == 0 || reference.samples() == 0) {
      return attempt;
    }
    try (LoadedModel model = loader.load(attempt.artifact().bytes())) {
      Measurements known = attempt.measured();
      Measurements timed =
          new Measurements(
              known.quality(),
              known.bytes(),
              known.sizeRatio(),
              Optional.of(reference.latency(model, samples, rounds)),
              known.memoryRatio());
      return attempt.with(timed, gate.judge(timed));
    }
  }
}
