package io.distillstream.trainer.engine;

import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that training continues from, on the heap.
 *
 * @param weights as the network reads them
 * @param firstMoments of AdamW, per parameter
 * @param secondMoments of AdamW, per parameter
 * @param progress counters
 * @param pruning masks, and what decides on the next ones
 */
public record StudentState(
    StudentWeights weights,
    StudentWeights firstMoments,
    StudentWeights secondMoments,
    Progress progress,
    PruningMemory pruning) {

  private static final String IMPORTANCE = "importance.";
  private static final String CRITERION = "pruning.criterion";
  private static final String UNPRUNED_UNITS = "pruning.unpruned_units";

  /**
   * Where training stands.
   *
   * @param seed of this student. Random numbers, where a step needs any, are a function of seed and
   *     step alone, so these two <em>are</em> the random generator's state.
   * @param steps optimizer steps since the fresh start
   * @param records learned since the fresh start: the position in every schedule
   * @param lossAverage moving average of the loss, for the spike check; 0 before the first step and
   *     after pruning
   */
  public record Progress(long seed, long steps, long records, double lossAverage) {
    public Progress {
      if (steps < 0 || records < steps || !Double.isFinite(lossAverage)) {
        throw new IllegalArgumentException(
            "impossible progress: steps %d, records %d, loss average %s"
                .formatted(steps, records, lossAverage));
      }
    }

    /** After pruning, when earlier losses say nothing of those to expect. */
    Progress withoutLosses() {
      return new Progress(seed, steps, records, 0);
    }
  }

  public StudentState {
    if (!firstMoments.spec().equals(weights.spec())
        || !secondMoments.spec().equals(weights.spec())) {
      throw new IllegalArgumentException("weights and moments have different specs");
    }
    pruning
        .scores()
        .forEach(
            (name, scores) -> {
              if (!scores.hasShape(weights.get(name).shape())) {
                throw new IllegalArgumentException(
                    "importance %s of parameter %s, which is %s"
                        .formatted(scores, name, weights.get(name)));
              }
            });
  }

  /** A state without pruning. */
  public StudentState(
      StudentWeights weights,
      StudentWeights firstMoments,
      StudentWeights secondMoments,
      Progress progress) {
    this(weights, firstMoments, secondMoments, progress, PruningMemory.NONE);
  }

  /** A student that has learned nothing yet. */
  public static StudentState fresh(StudentWeights weights, long seed) {
    StudentSpec spec = weights.spec();
    return new StudentState(
        weights,
        StudentWeights.zeros(spec),
        StudentWeights.zeros(spec),
        new Progress(seed, 0, 0, 0));
  }

  public StudentSpec spec() {
    return weights.spec();
  }

  /**
   * Every tensor under a unique name: {@code weights.*}, {@code adam.first.*}, {@code
   * adam.second.*}, and {@code importance.*} where pruning has to do with it, in a fixed order.
   */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (Parameter parameter : spec().parameters()) {
      String name = parameter.name();
      all.put("weights." + name, weights.get(name));
      all.put("adam.first." + name, firstMoments.get(name));
      all.put("adam.second." + name, secondMoments.get(name));
      Tensor scores = pruning.scores().get(name);
      if (scores != null) {
        all.put(IMPORTANCE + name, scores);
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /** What {@link #tensors()} leaves out, as text; exact. */
  public Map<String, String> header() {
    Map<String, String> header = new LinkedHashMap<>(SpecText.write(spec()));
    header.put("seed", Long.toString(progress.seed));
    header.put("steps", Long.toString(progress.steps));
    header.put("records", Long.toString(progress.records));
    header.put("loss_average", Double.toString(progress.lossAverage));
    if (!pruning.equals(PruningMemory.NONE)) {
      header.put(CRITERION, pruning.criterion().name());
      header.put(UNPRUNED_UNITS, Long.toString(pruning.unprunedUnits()));
    }
    return header;
  }

  /**
   * The inverse of {@link #tensors()} and {@link #header()}; other header entries are ignored.
   *
   * @throws IllegalArgumentException naming the entry or tensor that is absent or malformed
   */
  public static StudentState from(Map<String, Tensor> tensors, Map<String, String> header) {
    StudentSpec spec = SpecText.read(header);
    return new StudentState(
        group(spec, tensors, "weights."),
        group(spec, tensors, "adam.first."),
        group(spec, tensors, "adam.second."),
        new Progress(
            Long.parseLong(SpecText.entry(header, "seed")),
            Long.parseLong(SpecText.entry(header, "steps")),
            Long.parseLong(SpecText.entry(header, "records")),
            Double.parseDouble(SpecText.entry(header, "loss_average"))),
        pruning(spec, tensors, header));
  }

  private static PruningMemory pruning(
      StudentSpec spec, Map<String, Tensor> tensors, Map<String, String> header) {
    if (!header.containsKey(CRITERION)) {
      return PruningMemory.NONE;
    }
    Map<String, Tensor> scores = new LinkedHashMap<>();
    for (Parameter parameter : spec.parameters()) {
      Tensor tensor = tensors.get(IMPORTANCE + parameter.name());
      if (tensor != null) {
        scores.put(parameter.name(), tensor);
      }
    }
    return new PruningMemory(
        Criterion.valueOf(SpecText.entry(header, CRITERION)),
        scores,
        Long.parseLong(SpecText.entry(header, UNPRUNED_UNITS)));
  }

  private static StudentWeights group(
      StudentSpec spec, Map<String, Tensor> tensors, String prefix) {
    return new StudentWeights(
        spec,
        parameter -> {
          Tensor tensor = tensors.get(prefix + parameter.name());
          if (tensor == null) {
            throw new IllegalArgumentException("state lacks tensor " + prefix + parameter.name());
          }
          return tensor;
        });
  }
}
