package io.distillstream.trainer.prune.units;

import java.util.Arrays;

/**
 * Finds, for some rows of a table, the nearest of others by Euclidean distance.
 *
 * <p>All pairs are compared: {@code ½|k|² - q·k}, which is half the squared distance less what is
 * the same for all k. Of a table of 30,522 × 128 a tenth takes 10¹⁰ products. So those others are
 * taken in blocks that fit into the cache, column by column, and the innermost loop runs over
 * neighbouring floats without a sum across them, which the compiler turns into vector instructions.
 * The order of the sums is fixed, and so are the bits.
 */
final class NearestRows {
  private static final int BLOCK = 256;

  private NearestRows() {}

  /**
   * For each of {@code queries}, the nearest of {@code candidates}; of equally near ones the first.
   *
   * @param rows the table
   * @param queries indices of rows
   * @param candidates indices of rows, at least one
   */
  static int[] of(float[][] rows, int[] queries, int[] candidates) {
    if (candidates.length == 0) {
      throw new IllegalArgumentException("no rows to be near to");
    }
    int[] nearest = new int[queries.length];
    float[] least = new float[queries.length];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(nearest, candidates[0]);
    for (int from = 0; from < candidates.length; from += BLOCK) {
      Block block = new Block(rows, candidates, from);
      for (int query = 0; query < queries.length; query++) {
        float[] distances = block.distances(rows[queries[query]]);
        for (int i = 0; i < block.size; i++) {
          if (distances[i] < least[query]) {
            least[query] = distances[i];
            nearest[query] = candidates[from + i];
          }
        }
      }
    }
    return nearest;
  }

  /** Some candidates, transposed. */
  private static final class Block {
    private final int size;

    /** {@code [width][BLOCK]}, with zeros after the last candidate. */
    private final float[][] columns;

    /** {@code ½|k|²}. */
    private final float[] halfSquares = new float[BLOCK];

    private final float[] distances = new float[BLOCK];

    Block(float[][] rows, int[] candidates, int from) {
      size = Math.min(BLOCK, candidates.length - from);
      columns = new float[rows[0].length][BLOCK];
      for (int i = 0; i < size; i++) {
        float[] row = rows[candidates[from + i]];
        for (int c = 0; c < row.length; c++) {
          columns[c][i] = row[c];
          halfSquares[i] += row[c] * row[c] / 2;
        }
      }
    }

    /** To each candidate, up to what is the same for all; valid until the next call. */
    private float[] distances(float[] query) {
      System.arraycopy(halfSquares, 0, distances, 0, BLOCK);
      for (int c = 0; c < query.length; c++) {
        subtract(query[c], columns[c], distances);
      }
      return distances;
    }

    private static void subtract(float factor, float[] column, float[] from) {
      for (int i = 0; i < BLOCK; i++) {
        from[i] -= factor * column[i];
      }
    }
  }
}
