package io.distillstream.quantization.scheme;

import io.distillstream.model.ColumnQuantization;

/**
 * A constant fp32 matrix that {@link DynamicInt8} can hold in 8 bits, in one of the ways in which
 * the graph uses it.
 *
 * @param name of the constant in the graph
 * @param use what the graph does with it
 * @param rows of the matrix as it is used: inner length of a product, entries of a table
 * @param columns of the matrix as it is used: output channels of a product, width of a table
 */
public record Layer(String name, Use use, int rows, int columns) {

  /** What a graph does with a matrix. */
  public enum Use {
    /** Activations are multiplied by it. */
    PRODUCT,
    /** Activations are multiplied by its transpose, as a Gemm with {@code transB} does. */
    TRANSPOSED_PRODUCT,
    /** Its rows are looked up by index. */
    TABLE
  }

  /** How much smaller the file gets in 8 bits. */
  public long savedBytes() {
    return ColumnQuantization.savedBytes(rows, columns);
  }
}
