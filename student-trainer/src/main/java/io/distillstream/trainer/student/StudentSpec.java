package io.distillstream.trainer.student;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a student: a small pre-norm transformer with linear attention that classifies texts.
 *
 * <pre>
 * x      = embedding[ids] (+ position[0..tokens))           [batch, tokens, width]
 * x      = x + attention(norm(x))                           per block
 * x      = x + W2 gelu(W1 norm(x) + b1) + b2                per block
 * logits = mean over unmasked tokens of norm(x) · Wc + bc   [batch, classes]
 * </pre>
 *
 * @param vocabularySize word pieces
 * @param width of a token's vector
 * @param blocks attention and feed-forward pairs
 * @param heads of attention in each block; divides the width
 * @param feedForward inner width of the feed-forward part
 * @param classes of the label space
 * @param maxTokens longest text in word pieces
 * @param positions whether a learned vector per position is added to the embedding
 */
public record StudentSpec(
    int vocabularySize,
    int width,
    int blocks,
    int heads,
    int feedForward,
    int classes,
    int maxTokens,
    boolean positions) {

  /** Name of the word embedding, {@code [vocabularySize, width]}. */
  public static final String EMBEDDING = "embedding";

  /** Name of the position vectors, {@code [maxTokens, width]}. */
  public static final String POSITION = "position";

  /** Added to the variance in every norm. */
  public static final float NORM_EPSILON = 1e-5f;

  /** Added to attention's normalizer, which underflows to 0 where φ does so for every token. */
  public static final float ATTENTION_EPSILON = 1e-6f;

  public StudentSpec {
    atLeast(1, vocabularySize, "vocabularySize");
    atLeast(1, width, "width");
    atLeast(0, blocks, "blocks");
    atLeast(1, heads, "heads");
    atLeast(1, feedForward, "feedForward");
    atLeast(2, classes, "classes");
    atLeast(1, maxTokens, "maxTokens");
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide width %d, got %d".formatted(width, heads));
    }
  }

  /** The default student for a vocabulary and a label space. */
  public static StudentSpec standard(int vocabularySize, int classes) {
    return new StudentSpec(vocabularySize, 128, 2, 4, 256, classes, 64, false);
  }

  /** Every parameter in a fixed order. Weights are {@code [in, out]}, applied as {@code x · W}. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter(EMBEDDING, vocabularySize, width));
    if (positions) {
      all.add(new Parameter(POSITION, maxTokens, width));
    }
    for (int block = 0; block < blocks; block++) {
      String prefix = "block" + block + ".";
      norm(all, prefix + "attention.norm");
      // Query, key and value side by side: one product instead of three, here and on the device.
      linear(all, prefix + "attention.input", width, 3 * width);
      linear(all, prefix + "attention.output", width, width);
      norm(all, prefix + "feedforward.norm");
      linear(all, prefix + "feedforward.inner", width, feedForward);
      linear(all, prefix + "feedforward.outer", feedForward, width);
    }
    norm(all, "norm");
    linear(all, "classifier", width, classes);
    return List.copyOf(all);
  }

  public int headWidth() {
    return width / heads;
  }

  /** Number of trained values. */
  public long size() {
    return parameters().stream().mapToLong(Parameter::size).sum();
  }

  private void norm(List<Parameter> all, String name) {
    all.add(new Parameter(name + ".scale", width));
    all.add(new Parameter(name + ".shift", width));
  }

  private static void linear(List<Parameter> all, String name, int in, int out) {
    all.add(new Parameter(name + ".weight", in, out));
    all.add(new Parameter(name + ".bias", out));
  }

  private static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(name, least, value));
    }
  }
}
