package io.distillstream.trainer.student;

import java.util.Optional;

/** A student that reads texts as word pieces and has a vector for each. */
public sealed interface TextSpec extends StudentSpec
    permits TransformerSpec, CausalTransformerSpec, NgramSpec {
  /** Name of the table of word vectors. */
  String EMBEDDING = "embedding";

  /** Number of word pieces. */
  int vocabularySize();

  /** Width of a word piece's vector. */
  int width();

  /** Longest text in word pieces. */
  int maxTokens();

  /**
   * The rows of the table that a text is made of, one for each of its vectors. To be read only: it
   * may be the text itself.
   */
  default int[] rows(int[] tokens) {
    return tokens;
  }

  @Override
  default Optional<Parameter> rowTable() {
    return parameters().stream().filter(p -> p.name().equals(EMBEDDING)).findFirst();
  }
}
