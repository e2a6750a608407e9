package io.distillstream.quantization.layer;

import io.distillstream.model.quantization.ColumnQuantization;
import java.util.List;

/**
 * Constant fp32 weights that can be held in fewer bits, in one of the ways in which the graph uses
 * it.
 *
 * @param constants their names in the graph: one, or of a recurrence two, those of its inputs and
 *     of its states
 * @param use what the graph does with it
 * @param rows of the matrix as it is used: inner length of a product, entries of a table, weights
 *     per filter of a convolution, inputs and states of a recurrence
 * @param columns of the matrix as it is used: output channels of a product or a convolution, width
 *     of a table, gates of a recurrence in all its directions
 */
public record Layer(List<String> constants, Use use, int rows, int columns) {
  public Layer {
    constants = List.copyOf(constants);
  }

  /** Weights that are one constant. */
  public Layer(String constant, Use use, int rows, int columns) {
    this(List.of(constant), use, rows, columns);
  }

  /** What a graph does with a constant. */
  public enum Use {
    /** Activations are multiplied by it. */
    PRODUCT,
    /** Activations are multiplied by its transpose, as a Gemm with {@code transB} does. */
    TRANSPOSED_PRODUCT,
    /** Its rows are looked up by index. */
    TABLE,
    /** Its filters, {@code [columns, …]}, run over the activations. */
    CONVOLUTION,
    /** The two matrices of a LSTM, a GRU or a simple recurrence. */
    RECURRENCE;

    /** Whether activations are multiplied by a matrix. */
    public boolean isProduct() {
      return this == PRODUCT || this == TRANSPOSED_PRODUCT;
    }
  }

  /** Name of the constant, or of the first one; plans go by it. */
  public String name() {
    return constants.get(0);
  }

  /**
   * The matrix of a product or a table as it is used.
   *
   * @param values in the order of the constant
   * @return {@code [rows, columns]}
   */
  public float[] asUsed(float[] values) {
    return use == Use.TRANSPOSED_PRODUCT
        ? Constants.transposed(values, /* rows= */ columns, /* columns= */ rows)
        : values;
  }

  /** How many weights there are. */
  public long elements() {
    return (long) rows * columns;
  }

  /** How much smaller the file gets in 8 bits. */
  public long savedBytes() {
    return ColumnQuantization.savedBytes(rows, columns);
  }
}
