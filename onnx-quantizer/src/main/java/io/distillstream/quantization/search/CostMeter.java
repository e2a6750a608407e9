package io.distillstream.quantization.search;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.gate.Gate;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.optimize.memory.MemoryPlan;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Measures what a candidate costs to run beside the original. Borrows what it is given. */
public final class CostMeter {
  private final OnnxModel original;
  private final Reference reference;
  private final Timing timing;
  private final LoadedModel.Loader loader;
  private @Nullable MemoryPlan ofOriginal;

  public CostMeter(
      OnnxModel original, Reference reference, Timing timing, LoadedModel.Loader loader) {
    this.original = original;
    this.reference = reference;
    this.timing = timing;
    this.loader = loader;
  }

  /** The attempt with its latency and memory, judged by them. */
  public Attempt measure(Attempt attempt, Gate gate) {
    if (reference.samples() == 0) {
      return attempt;
    }
    Measurements known = attempt.measured();
    Measurements more =
        new Measurements(
            known.quality(),
            known.bytes(),
            known.sizeRatio(),
            latency(attempt.artifact(), gate.maxLatencyRatio()),
            OptionalDouble.of(
                (double) memory(attempt.artifact()).totalBytes() / ofOriginal().totalBytes()));
    return attempt.with(more, gate.judge(more));
  }

  private Optional<LatencyRatio> latency(OnnxModel artifact, double largestP95) {
    if (timing.samples() == 0) {
      return Optional.empty();
    }
    try (LoadedModel model = loader.load(artifact)) {
      return Optional.of(reference.latency(model, timing.samples(), timing.rounds(), largestP95));
    }
  }

  /** Memory of a model on the first evaluation sample, of which there must be one. */
  public MemoryPlan memory(OnnxModel model) {
    return MemoryPlan.of(model, reference.first());
  }

  /** The same of the original, found once. */
  public MemoryPlan ofOriginal() {
    MemoryPlan known = ofOriginal;
    if (known == null) {
      known = memory(original);
      ofOriginal = known;
    }
    return known;
  }
}
