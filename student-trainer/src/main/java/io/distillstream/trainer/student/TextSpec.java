package io.distillstream.trainer.student;

import java.util.Optional;
import java.util.stream.IntStream;

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

  /** Number of vectors that a text of so many tokens is made of. */
  default int vectors(int tokens) {
    return tokens;
  }

  /** The row of the table that one of a text's vectors is. */
  default int row(int[] tokens, int vector) {
    return tokens[vector];
  }

  /** Those of the vectors of a text of so many tokens that a token has a part in. */
  default int[] vectorsOf(int tokens, int position) {
    return new int[] {position};
  }

  /** The rows of all of a text's vectors. */
  default int[] rows(int[] tokens) {
    return IntStream.range(0, vectors(tokens.length)).map(i -> row(tokens, i)).toArray();
  }

  @Override
  default Optional<Parameter> rowTable() {
    return parameters().stream().filter(p -> p.name().equals(EMBEDDING)).findFirst();
  }
}
