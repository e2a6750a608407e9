package io.distillstream.teacher.onnx;

import io.distillstream.model.ModelLocation;

/**
 * An ONNX text classifier.
 *
 * @param tokenizer a {@code tokenizer.json}, or a {@code vocab.txt} of word pieces
 * @param labels a {@code config.json} with {@code id2label}, or a file with one name a line
 * @param output the model's output that is read; empty: its first
 * @param scores what that output holds
 * @param maxTokens tokens of a text that are read
 * @param threads computation threads of one call
 */
public record OnnxClassifierSettings(
    ModelLocation model,
    ModelLocation tokenizer,
    ModelLocation labels,
    String output,
    Scores scores,
    int maxTokens,
    int threads) {

  /** What a classifier's output holds. */
  public enum Scores {
    /** What a softmax would make probabilities of. */
    LOGITS,
    /** The probabilities. */
    PROBABILITIES
  }
}
