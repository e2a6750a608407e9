package io.distillstream.benchmarks.scenario.order;

import io.distillstream.benchmarks.student.LabelledCorpus;
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

  /**
   * The examples of labelled texts.
   *
   * @param maxTokens longer texts are cut
   * @param scored held-out ones, at most
   */
  public static LabelledSet of(LabelledCorpus texts, int maxTokens, int scored) {
    List<Example> heldOut = texts.heldOut(maxTokens);
    return new LabelledSet(
        texts.name(),
        texts.labels(),
        texts.tokenizer().vocabulary().size(),
        texts.traffic(Integer.MAX_VALUE, maxTokens),
        heldOut.subList(0, Math.min(scored, heldOut.size())));
  }

  /** Number of labels. */
  public int classes() {
    return labels.size();
  }
}
