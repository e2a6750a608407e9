package io.distillstream.benchmarks.scenario.order;

import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.examples.Example;
import java.util.List;

/**
 * Examples with truth and teacher's logits.
 *
 * @param name for people
 * @param vocabulary number of word pieces
 * @param traffic may be learned
 * @param heldOut never is
 */
public record LabelledSet(
    String name, LabelSpace labels, int vocabulary, List<Example> traffic, List<Example> heldOut) {
  public LabelledSet {
    traffic = List.copyOf(traffic);
    heldOut = List.copyOf(heldOut);
  }

  /** Number of labels. */
  public int classes() {
    return labels.size();
  }
}
