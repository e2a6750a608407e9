package io.distillstream.quantization.search;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.gate.Gate;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.gate.Verdict;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The smallest candidate of one ladder whose answers are good enough.
 *
 * <p>Everything on the lowest rung first. If that is not good enough, the {@link Climb} is searched
 * by bisection for the fewest steps that are: some ten candidates even for hundreds of layers.
 * Quality need not rise with each single step, so the result holds the gate, and one step less did
 * not, while some candidate further down might by luck. One that the engine refuses is rejected
 * with its reason; the search goes on as it does for one that is not good enough.
 */
public final class LadderSearch {
  private final GraphQuantizer graph;
  private final long originalBytes;
  private final Reference reference;
  private final Gate gate;
  private final LoadedModel.Loader loader;
  private final LayerErrors errors;
  private final Progress progress;

  public LadderSearch(
      GraphQuantizer graph,
      long originalBytes,
      Reference reference,
      Gate gate,
      LoadedModel.Loader loader,
      LayerErrors errors,
      Progress progress) {
    this.graph = graph;
    this.originalBytes = originalBytes;
    this.reference = reference;
    this.gate = gate;
    this.loader = loader;
    this.errors = errors;
    this.progress = progress;
  }

  /**
   * The smallest that is good enough, not timed yet; otherwise the best that there was.
   *
   * @param maxSteps most steps up the climb
   */
  public Attempt smallest(Ladder ladder, int maxSteps) {
    Attempt lowest = attempt(ladder, graph.plan(ladder.rungs()));
    if (maxSteps == 0 || reference.samples() == 0 || holds(lowest)) {
      return lowest;
    }
    Climb climb = Climb.over(errors.rungs(ladder));
    int most = Math.min(maxSteps, climb.steps().size());
    if (most == 0) {
      return lowest;
    }
    Attempt best = attempt(ladder, climb.after(most));
    if (!holds(best)) {
      return closer(lowest, best);
    }
    int failing = 0;
    int holding = most;
    while (holding - failing > 1) {
      int middle = (failing + holding) >>> 1;
      Attempt attempt = attempt(ladder, climb.after(middle));
      if (holds(attempt)) {
        holding = middle;
        best = attempt;
      } else {
        failing = middle;
      }
    }
    return best;
  }

  private Map<Precision, Long> counts(PrecisionPlan plan) {
    return graph.layers().all().stream()
        .map(Layer::name)
        .distinct()
        .collect(
            Collectors.groupingBy(
                plan::of, () -> new EnumMap<>(Precision.class), Collectors.counting()));
  }

  private boolean holds(Attempt attempt) {
    return !attempt.isRefused() && gate.qualityViolations(attempt.measured().quality()).isEmpty();
  }

  private static Attempt closer(Attempt a, Attempt b) {
    return b.measured().quality().noise() < a.measured().quality().noise() ? b : a;
  }

  private Attempt attempt(Ladder ladder, PrecisionPlan plan) {
    OnnxModel candidate = graph.apply(plan);
    progress.at("judging a candidate of " + ladder.text(), 0, 0);
    try (LoadedModel loaded = loader.load(candidate)) {
      Measurements measured = measured(candidate, reference.compare(loaded, Integer.MAX_VALUE));
      return new Attempt(
          ladder, plan, counts(plan), candidate, measured, gate.judge(measured), false);
    } catch (InvalidModelException e) {
      Verdict refused = new Verdict(List.of(String.valueOf(e.getMessage())), List.of());
      return new Attempt(
          ladder,
          plan,
          counts(plan),
          candidate,
          measured(candidate, Quality.UNKNOWN),
          refused,
          true);
    }
  }

  private Measurements measured(OnnxModel candidate, Quality quality) {
    return new Measurements(
        quality,
        candidate.sizeBytes(),
        (double) candidate.sizeBytes() / originalBytes,
        Optional.empty(),
        OptionalDouble.empty());
  }
}
