package io.distillstream.trainer.student;

import java.util.Optional;
import java.util.stream.IntStream;

/** A student that reads texts as word pieces and has a vector for each. */
public sealed interface TextSpec extends StudentSpec
    permits TransformerSpec, CausalTransformerSpec, NgramSpec {
  /** Name of the table of word vectors. */
  String EMBEDDING = "embedding";

  /** Name of what says which row of that table each entry has, where entries share rows. */
  String EMBEDDING_ROWS = "embedding.rows";

  /** Number of word pieces. */
  int vocabularySize();

  /** Width of a word piece's vector. */
  int width();

  /** Longest text in word pieces. */
  int maxTokens();

  /** Which row of the table each word piece, or other entry, has. */
  TableRows tableRows();

  /** Whether entries may share rows: not where they are classes as well. */
  default boolean sharesTableRows() {
    return true;
  }

  /**
   * The same student with other rows for the entries of its table.
   *
   * @throws IllegalArgumentException if the table has another number of entries, or such a student
   *     does not let entries share rows
   */
  TextSpec withTableRows(TableRows others);

  /** Number of vectors that a text of so many tokens is made of. */
  default int vectors(int tokens) {
    return tokens;
  }

  /** The entry of the table that one of a text's vectors is: its word piece, or a pair of them. */
  default int entry(int[] tokens, int vector) {
    return tokens[vector];
  }

  /** The row of the table that one of a text's vectors is. */
  default int row(int[] tokens, int vector) {
    return tableRows().row(entry(tokens, vector));
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
