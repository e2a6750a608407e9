package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.distillstream.trainer.student.BlockShape;
import java.util.List;

/**
 * Pre-norm transformer blocks over one batch of texts.
 *
 * <p>Tokens stand in one row, {@code [count, ·]}, so that the products with weights, which are most
 * of the work, spend nothing on padding: texts of 18 tokens on average stand beside one of 45. Only
 * attention, which needs the texts apart, spreads them over a padded rectangle.
 */
final class AttentionBlocks {
  /** Kinds of linear attention. */
  @FunctionalInterface
  interface Mixing {
    /**
     * What each token reads.
     *
     * @param query φ of the queries, {@code [batch, heads, length, headWidth]}
     * @param key φ of the keys, the same, 0 for padding
     * @param value the same
     */
    NDArray read(NDArray query, NDArray key, NDArray value);
  }

  private final Layers layers;
  private final EncodedBatch batch;
  private final int headWidth;
  private final Mixing mixing;
  private final NDArray tokens;
  private final NDArray cells;

  /** {@code [batch, 1, length, 1]}. */
  private final NDArray mask;

  AttentionBlocks(Layers layers, EncodedBatch batch, int headWidth, Mixing mixing) {
    this.layers = layers;
    this.batch = batch;
    this.headWidth = headWidth;
    this.mixing = mixing;
    tokens = layers.array(batch.tokens(), batch.size(), batch.length());
    cells = layers.indices(batch.cells());
    mask = layers.array(batch.mask(), batch.size(), 1, batch.length(), 1);
  }

  /** Takes the tokens' vectors, {@code [count, width]}, through all blocks. */
  NDArray through(NDArray vectors, List<BlockShape> blocks) {
    NDArray x = vectors;
    for (int block = 0; block < blocks.size(); block++) {
      x = through(x, "block" + block + ".", blocks.get(block).heads());
    }
    return x;
  }

  /**
   * Through one block. What it computes on the way ends with it, but for what a backward pass has
   * references to: without one, a text needs room in a single block at a time.
   */
  private NDArray through(NDArray vectors, String prefix, int heads) {
    NDManager outer = vectors.getManager();
    try (NDManager inner = outer.newSubManager()) {
      // Results are their first operand's manager's.
      vectors.attach(inner);
      NDArray x = vectors.add(attention(prefix + "attention", vectors, heads));
      NDArray out = x.add(layers.feedForward(prefix + "feedforward", x));
      out.attach(outer);
      return out;
    }
  }

  private NDArray attention(String name, NDArray x, int heads) {
    NDArray input = layers.linear(name + ".input", layers.norm(name + ".norm", x)); // [count, 3 in]
    // [batch, length, 3 in]; padding repeats the first token.
    NDList parts = Layers.gather(input, tokens).split(3, 2);
    NDArray query = Layers.feature(heads(parts.get(0), heads));
    NDArray key = Layers.feature(heads(parts.get(1), heads)).mul(mask);
    NDArray read = mixing.read(query, key, heads(parts.get(2), heads));
    long inner = (long) heads * headWidth;
    NDArray rectangle =
        read.transpose(0, 2, 1, 3).reshape((long) batch.size() * batch.length(), inner);
    return layers.linear(name + ".output", Layers.gather(rectangle, cells));
  }

  /** {@code [batch, length, inner]} to {@code [batch, heads, length, headWidth]}. */
  private NDArray heads(NDArray x, int heads) {
    return x.reshape(batch.size(), batch.length(), heads, headWidth).transpose(0, 2, 1, 3);
  }
}
