package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.LossTerm;
import io.distillstream.trainer.schedule.StepSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The loss of one batch and its gradients with respect to the network's outputs.
 *
 * <pre>
 * loss = α τ² D(teacher at τ, d at τ) + (1 - α) CE(y, c) + β M(teacher's embedding, e)
 * </pre>
 *
 * each a mean over the rows that count for it, with classifier logits c, distillation logits d,
 * which are c where there is no such head, projection e, and y the human label where one is known,
 * otherwise the teacher's most probable class.
 *
 * @param minimized over all rows
 * @param parts of the same over the rows of live traffic; all 0 without any
 * @param gradients of {@code minimized} with respect to each output by its name, row-major
 */
public record BatchLoss(double minimized, LossParts parts, Map<String, float[]> gradients) {

  /** Of no rows. */
  public static final BatchLoss ZERO = new BatchLoss(0, LossParts.ZERO, Map.of());

  /** Of a batch. */
  public static BatchLoss of(
      Outputs outputs, TrainingBatch batch, StepSettings settings, TrainingObjective objective) {
    return of(outputs, batch, batch, settings, objective);
  }

  /**
   * What a part of a batch adds to the loss of the whole: the sums over all parts are the whole's
   * loss and gradients, since each mean is over the rows of the whole.
   *
   * @param outputs for the part
   */
  public static BatchLoss of(
      Outputs outputs,
      TrainingBatch part,
      TrainingBatch whole,
      StepSettings settings,
      TrainingObjective objective) {
    BatchLoss loss = ofAll(outputs, part, whole, settings, objective);
    return whole.isLive()
        ? loss
        : new BatchLoss(
            loss.minimized,
            part.live()
                .map(
                    live ->
                        ofAll(
                                outputs.live(part),
                                live,
                                whole.live().orElseThrow(),
                                settings,
                                objective)
                            .parts)
                .orElse(LossParts.ZERO),
            loss.gradients);
  }

  /** The parts are over all rows. */
  private static BatchLoss ofAll(
      Outputs outputs,
      TrainingBatch part,
      TrainingBatch whole,
      StepSettings settings,
      TrainingObjective objective) {
    Map<String, LossTerm> sums = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    double total = 0;
    for (ObjectiveTerm term : objective.terms()) {
      String output = term.output(outputs);
      if (outputs.has(output)) {
        double share = share(term.counted(part), term.counted(whole));
        LossTerm plain = term.of(outputs.get(output), part, settings);
        LossTerm weighted = plain.times(term.weight(settings) * share);
        values.put(term.name(), plain.value() * share);
        total += weighted.value();
        sums.merge(output, weighted, LossTerm::plus);
      }
    }
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (String name : outputs.names()) {
      LossTerm sum = sums.get(name);
      gradients.put(name, sum == null ? zeros(outputs.get(name)) : sum.floats());
    }
    return new BatchLoss(total, new LossParts(total, values), gradients);
  }

  /** Of a mean over a whole what a mean over a part of it makes up. */
  static double share(int counted, int ofWhole) {
    return counted == ofWhole ? 1 : (double) counted / ofWhole;
  }

  /** Of an output that no term is of. */
  private static float[] zeros(float[][] output) {
    return new float[output.length * output[0].length];
  }

  /** With the consistency of the same batch, whose gradients are of outputs of their own. */
  public BatchLoss with(ConsistencyLoss consistency, double weight) {
    return new BatchLoss(
        minimized + consistency.minimized(), parts.with(weight, consistency.reported()), gradients);
  }

  /** The losses of two parts of a batch together, without gradients, which each has of its own. */
  public BatchLoss plus(BatchLoss other) {
    return new BatchLoss(minimized + other.minimized, parts.plus(other.parts), Map.of());
  }
}
