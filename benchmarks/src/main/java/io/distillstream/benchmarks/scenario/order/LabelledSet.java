package io.distillstream.benchmarks.scenario.order;

import io.distillstream.trainer.examples.Example;
import java.util.List;

/**
 * Examples with truth and teacher's logits.
 *
 * @param name for people
 * @param classes number of labels
 * @param vocabulary number of word pieces
 * @param traffic may be learned
 * @param heldOut never is
 */
public record LabelledSet(
    String name, int classes, int vocabulary, List<Example> traffic, List<Example> heldOut) {
  public LabelledSet {
    traffic = List.copyOf(traffic);
    heldOut = List.copyOf(heldOut);
  }
}
