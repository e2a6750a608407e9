package io.distillstream.trainer.prune;

import static io.distillstream.trainer.prune.PruningMemory.PRUNED;
import static java.util.Objects.requireNonNull;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much each weight of a student matters, and which are pruned: {@link PruningMemory} at work.
 *
 * <p>A pruned weight stays 0 because its gradient is masked before anything is done with it: with a
 * gradient and moments of 0, neither Adam nor weight decay moves a 0.
 */
public final class Importance {
  private final Map<String, Scores> byParameter = new LinkedHashMap<>();
  private Criterion criterion;
  private final long unprunedUnits;
  private boolean measuring;

  /** Of one matrix. */
  private static final class Scores {
    private float[] values;

    /** Whether a state holds the values too, which must then stay as they are. */
    private boolean shared;

    private int pruned;

    Scores(float[] values, boolean shared) {
      this.values = values;
      this.shared = shared;
      for (float value : values) {
        pruned += value == PRUNED ? 1 : 0;
      }
    }

    /** The values, to be written to. */
    float[] written() {
      if (shared) {
        values = values.clone();
        shared = false;
      }
      return values;
    }

    float[] handedOver() {
      shared = true;
      return values;
    }
  }

  /** Continues from {@code memory}, which stays as it is. */
  public Importance(PruningMemory memory) {
    criterion = memory.criterion();
    unprunedUnits = memory.unprunedUnits();
    memory.scores().forEach((name, t) -> byParameter.put(name, new Scores(t.values(), true)));
  }

  /** As it is now; what is handed over is not written again. */
  public PruningMemory memory(List<Parameter> parameters) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Scores scores = byParameter.get(parameter.name());
      if (scores != null) {
        tensors.put(parameter.name(), new FloatTensor(parameter.shape(), scores.handedOver()));
      }
    }
    return new PruningMemory(criterion, tensors, unprunedUnits);
  }

  /**
   * From now on these matrices, and those from before, have scores by {@code wanted}. Scores by
   * another criterion are forgotten; what is pruned stays pruned.
   *
   * @param on whether the next steps count
   */
  public void measure(Criterion wanted, boolean on, List<PrunableMatrix> matrices) {
    if (wanted != criterion) {
      criterion = wanted;
      forget(0);
    }
    measuring = on && wanted.needsGradients();
    for (PrunableMatrix matrix : matrices) {
      byParameter.computeIfAbsent(
          matrix.name(), name -> new Scores(new float[matrix.size()], false));
    }
  }

  /** To be called where units went: lets scores that are to be forgotten over time fade. */
  public void fade() {
    forget(criterion.keptAfterPruning());
  }

  private void forget(float kept) {
    for (Scores scores : byParameter.values()) {
      float[] values = scores.written();
      for (int i = 0; i < values.length; i++) {
        // Not a product for pruned ones: -∞ times 0 is no number.
        values[i] = values[i] == PRUNED ? PRUNED : values[i] * kept;
      }
    }
  }

  /**
   * Sets the gradient of pruned weights to 0.
   *
   * @param from the first value's index in the matrix
   */
  public void mask(String parameter, int from, Slice gradient) {
    Scores scores = byParameter.get(parameter);
    if (scores == null || scores.pruned == 0) {
      return;
    }
    for (int i = 0; i < gradient.length(); i++) {
      if (scores.values[from + i] == PRUNED) {
        gradient.values()[gradient.offset() + i] = 0;
      }
    }
  }

  /**
   * Counts a step, before it changes the weights.
   *
   * @param from the first value's index in the matrix
   * @param rate the learning rate, times the factor by which the gradient is to be clipped
   */
  public void add(String parameter, int from, Slice weights, Slice gradient, float rate) {
    Scores scores = measuring ? byParameter.get(parameter) : null;
    if (scores == null) {
      return;
    }
    float[] values = scores.written();
    for (int i = 0; i < gradient.length(); i++) {
      float weight = weights.values()[weights.offset() + i];
      float slope = gradient.values()[gradient.offset() + i];
      // A pruned one's is -∞ and stays so: both factors are 0.
      values[from + i] = criterion.after(values[from + i], weight, slope, rate);
    }
  }

  /**
   * Prunes the least important weights of these matrices until {@code share} of all their weights
   * are pruned, rounded down; does nothing where that many are.
   *
   * @return whether any went
   */
  public boolean prune(List<PrunableMatrix> matrices, double share, Scaling scaling) {
    long size = 0;
    long pruned = 0;
    for (PrunableMatrix matrix : matrices) {
      size += matrix.size();
      pruned += scores(matrix).pruned;
    }
    long due = (long) (share * size) - pruned;
    if (due <= 0) {
      return false;
    }
    List<LeastImportant.Candidates> candidates = new ArrayList<>();
    for (PrunableMatrix matrix : matrices) {
      candidates.add(
          new LeastImportant.Candidates(criterion, scores(matrix).written(), matrix, scaling));
    }
    LeastImportant.prune(candidates, due);
    matrices.forEach(this::clear);
    fade();
    return true;
  }

  private Scores scores(PrunableMatrix matrix) {
    return requireNonNull(byParameter.get(matrix.name()), matrix.name());
  }

  private void clear(PrunableMatrix matrix) {
    Scores scores = scores(matrix);
    scores.pruned = 0;
    for (int i = 0; i < scores.values.length; i++) {
      if (scores.values[i] == PRUNED) {
        matrix.clear(i);
        scores.pruned++;
      }
    }
  }

  /** See {@link PruningMemory#unprunedUnits}. */
  public long unprunedUnits() {
    return unprunedUnits;
  }

  /** Single weights that are pruned. */
  public long pruned() {
    return byParameter.values().stream().mapToLong(scores -> scores.pruned).sum();
  }

  /** Weights that have a score or are pruned. */
  public long size() {
    return byParameter.values().stream().mapToLong(scores -> scores.values.length).sum();
  }
}
