package io.distillstream.trainer.student;

import java.util.Optional;

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

  @Override
  default Optional<Parameter> rowTable() {
    return parameters().stream().filter(p -> p.name().equals(EMBEDDING)).findFirst();
  }
}
