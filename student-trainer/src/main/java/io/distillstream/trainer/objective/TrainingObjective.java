package io.distillstream.trainer.objective;

import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.Divergence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What training minimizes, as far as it stays the same from step to step.
 *
 * @param divergence between teacher and student
 * @param consistency under moved word vectors
 * @param auxiliary terms beside distillation and cross-entropy
 */
public record TrainingObjective(
    Divergence divergence, Consistency consistency, List<ObjectiveTerm> auxiliary) {

  /** The forward KL of Hinton et al. (2015). */
  public static final TrainingObjective STANDARD = new TrainingObjective(Divergence.FORWARD_KL);

  public TrainingObjective {
    auxiliary = List.copyOf(auxiliary);
    Set<String> names = new HashSet<>();
    for (ObjectiveTerm term : terms(divergence, auxiliary)) {
      if (!names.add(term.name())) {
        throw new IllegalArgumentException("Two terms of the loss are named " + term.name());
      }
    }
  }

  /** Of logits alone, without consistency. */
  public TrainingObjective(Divergence divergence) {
    this(divergence, Consistency.OFF, List.of());
  }

  /** The same with another demand of consistency. */
  public TrainingObjective with(Consistency other) {
    return new TrainingObjective(divergence, other, auxiliary);
  }

  /** The same with one more term. */
  public TrainingObjective with(ObjectiveTerm term) {
    List<ObjectiveTerm> more = new ArrayList<>(auxiliary);
    more.add(term);
    return new TrainingObjective(divergence, consistency, more);
  }

  /** All terms but consistency, which takes a forward pass of its own. */
  List<ObjectiveTerm> terms() {
    return terms(divergence, auxiliary);
  }

  private static List<ObjectiveTerm> terms(Divergence divergence, List<ObjectiveTerm> auxiliary) {
    List<ObjectiveTerm> all = new ArrayList<>();
    all.add(new DistillationTerm(divergence));
    all.add(new CrossEntropyTerm());
    all.addAll(auxiliary);
    return all;
  }
}
