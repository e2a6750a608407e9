package io.distillstream.trainer.student;

import java.util.List;
import java.util.Optional;

/**
 * The shape of a student of some family. From it alone follow the parameters, the network that
 * trains and the ONNX graph that devices run.
 *
 * <p>Every family's network ends in hidden vectors, one per row of logits; a linear classifier, the
 * parameters {@link #CLASSIFIER}{@code .weight} and {@code .bias}, makes logits of them.
 */
public sealed interface StudentSpec permits TextSpec, ConvolutionSpec {
  /** Name of the linear map from hidden vectors to logits. */
  String CLASSIFIER = "classifier";

  /** Every parameter in a fixed order. Weights are {@code [in, out]}, applied as {@code x · W}. */
  List<Parameter> parameters();

  /** Number of logits per row. */
  int classes();

  /** The parameter of which a batch picks, and so updates, single rows; the others are dense. */
  Optional<Parameter> rowTable();

  /** Standard deviation of the first values of a matrix's row where they are drawn at random. */
  double deviation(Parameter matrix, int row);

  /**
   * Whether {@code other} is this shape but for the number of heads and neurons in its blocks and
   * the rows of its word table, as pruning leaves it.
   */
  default boolean differsInUnitsAtMost(StudentSpec other) {
    return equals(other);
  }

  /** Number of values in all parameters. */
  default long size() {
    return parameters().stream().mapToLong(Parameter::size).sum();
  }
}
