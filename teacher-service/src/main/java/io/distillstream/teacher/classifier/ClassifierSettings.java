package io.distillstream.teacher.classifier;

import io.distillstream.model.ModelLocation;

/**
 * What every classifier of texts has, whatever runs its model.
 *
 * @param kind of the teacher, as {@code teacher.kind} names it
 * @param tokenizer a {@code tokenizer.json}, or a {@code vocab.txt} of word pieces
 * @param labels a {@code config.json} with {@code id2label}, or a file with one name a line
 * @param scores what the model's output holds
 * @param maxTokens tokens of a text that are read
 */
public record ClassifierSettings(
    String kind,
    ModelLocation model,
    ModelLocation tokenizer,
    ModelLocation labels,
    Scores scores,
    int maxTokens) {

  /** What a classifier's output holds. */
  public enum Scores {
    /** What a softmax would make probabilities of. */
    LOGITS,
    /** The probabilities. */
    PROBABILITIES
  }
}
