package io.distillstream.trainer.engine.heap;

import java.util.Set;

/**
 * The weights that a network is made of, in arrays that belong to others: to be read only, and as
 * they are at the moment.
 *
 * @param dense all weights but the row table, an array per parameter of the layout
 * @param table the rows of the row table
 * @param heads on top
 */
@SuppressWarnings("ArrayRecordComponent")
public record NetworkWeights(
    DenseLayout layout,
    FakeQuantization quantization,
    float[][] dense,
    float[][] table,
    HeapHeads heads) {

  /** Width of the table's rows. */
  public int tableWidth() {
    return table[0].length;
  }

  /** A copy of these rows of the table, {@code [words, width]}. */
  public float[] rows(int[] words) {
    int width = tableWidth();
    float[] rows = new float[words.length * width];
    for (int slot = 0; slot < words.length; slot++) {
      System.arraycopy(table[words[slot]], 0, rows, slot * width, width);
    }
    return rows;
  }

  /** What 8 bits will leave of {@link #dense()}. */
  public float[][] quantizedDense() {
    return quantization.dense(dense);
  }

  /** What 8 bits will leave of {@link #rows}. */
  public float[] quantizedRows(int[] words) {
    float[] rows = rows(words);
    quantization.round(rows, table);
    return rows;
  }

  /** Names of the matrices whose products take 8-bit activations then. */
  public Set<String> quantizedProducts() {
    return quantization.products();
  }
}
