package io.distillstream.trainer.student;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.TableRows;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The shape of a student of some family: it reads texts as word pieces and has a vector for each.
 * From it alone follow the parameters, the header of a state, the network that trains and the ONNX
 * graph that devices run.
 *
 * <p>Every family's network ends in hidden vectors, one per row of logits; a linear classifier, the
 * parameters {@link #CLASSIFIER}{@code .weight} and {@code .bias}, makes logits of them.
 */
public sealed interface StudentSpec permits TransformerSpec, CausalTransformerSpec, NgramSpec {
  /** Name of the linear map from hidden vectors to logits. */
  String CLASSIFIER = "classifier";

  /** Name of the table of word vectors. */
  String EMBEDDING = "embedding";

  /** Name of what says which row of that table each entry has, where entries share rows. */
  String EMBEDDING_ROWS = "embedding.rows";

  /**
   * The student that a state's header describes.
   *
   * @param header with the entries of {@link #header()} among others
   * @throws IllegalArgumentException naming the entry that is absent or malformed
   */
  static StudentSpec read(Map<String, String> header) {
    SpecHeader entries = new SpecHeader(header);
    return StudentFamily.of(entries).read(entries);
  }

  StudentFamily family();

  /**
   * What {@link #read} makes this shape of again but for {@link #tableRows()}: entries {@code
   * spec.*}.
   */
  Map<String, String> header();

  /** Every parameter in a fixed order. Weights are {@code [in, out]}, applied as {@code x · W}. */
  List<Parameter> parameters();

  /**
   * A student of this shape as an ONNX model in fp32: input {@code input_ids}, int64 {@code [batch,
   * tokens]}, and where the family needs it {@code attention_mask} of the same shape; output {@code
   * logits}, fp32.
   *
   * @param weights of this shape
   */
  OnnxModel toOnnx(StudentWeights weights, Map<String, String> metadata);

  /** Number of logits per row. */
  int classes();

  /** Number of word pieces. */
  int vocabularySize();

  /** Width of a word piece's vector. */
  int width();

  /** Longest text in word pieces. */
  int maxTokens();

  /** Standard deviation of the first values of a matrix's row where they are drawn at random. */
  double deviation(Parameter matrix, int row);

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
  StudentSpec withTableRows(TableRows others);

  /**
   * Whether {@code other} is this shape but for the number of heads and neurons in its blocks and
   * the rows of its word table, as pruning leaves it.
   */
  default boolean differsInUnitsAtMost(StudentSpec other) {
    return equals(other);
  }

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

  /** The parameter of which a batch picks, and so updates, single rows; the others are dense. */
  default Parameter table() {
    return parameters().stream()
        .filter(parameter -> parameter.name().equals(EMBEDDING))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(this + " has no " + EMBEDDING));
  }

  /** Number of values in all parameters. */
  default long size() {
    return parameters().stream().mapToLong(Parameter::size).sum();
  }
}
