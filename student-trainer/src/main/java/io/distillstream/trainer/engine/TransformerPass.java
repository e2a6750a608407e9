package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.distillstream.trainer.student.TransformerSpec;

/**
 * The forward pass of a {@link TransformerSpec}.
 *
 * <p>Tokens stand in one row, {@code [count, ·]}, so that the products with weights, which are most
 * of the work, spend nothing on padding: texts of 18 tokens on average stand beside one of 45. Only
 * attention, which needs the texts apart, spreads them over a padded rectangle.
 */
record TransformerPass(TransformerSpec spec, EncodedBatch batch) implements ForwardPass {

  static TransformerPass of(TransformerSpec spec, Inputs inputs) {
    return new TransformerPass(spec, EncodedBatch.of(inputs, spec));
  }

  @Override
  public int rows() {
    return batch.size();
  }

  @Override
  public int[] words() {
    return batch.words();
  }

  @Override
  public NDArray hidden(Layers layers) {
    NDArray x = Layers.gather(layers.rows(), layers.indices(batch.slots())); // [count, width]
    if (spec.positions()) {
      NDArray table = layers.weight(TransformerSpec.POSITION);
      x = x.add(Layers.gather(table, layers.indices(batch.positions())));
    }
    Rectangle rectangle = new Rectangle(layers);
    for (int block = 0; block < spec.blocks().size(); block++) {
      String prefix = "block" + block + ".";
      x = x.add(attention(prefix + "attention", x, spec.blocks().get(block).heads(), rectangle));
      x = x.add(layers.feedForward(prefix + "feedforward", x));
    }
    NDArray averaging = layers.array(batch.averaging(), batch.size(), batch.slots().length);
    return averaging.matMul(layers.norm("norm", x));
  }

  /**
   * Linear attention: {@code φ(Q) (φ(K)ᵀ V) / (φ(Q) Σ φ(K))} with {@code φ(x) = elu(x) + 1}, over
   * all tokens of a text, in time linear in their number. Katharopoulos, Vyas, Pappas, Fleuret, <a
   * href="https://arxiv.org/abs/2006.16236">Transformers are RNNs</a>, 2020, equations 5 and 7.
   */
  private NDArray attention(String name, NDArray x, int heads, Rectangle rectangle) {
    Layers layers = rectangle.layers;
    NDArray input = layers.linear(name + ".input", layers.norm(name + ".norm", x)); // [count, 3 in]
    NDList parts = rectangle.spread(input).split(3, 2);
    NDArray query = Layers.feature(heads(parts.get(0), heads)); // [batch, heads, length, headWidth]
    NDArray key = Layers.feature(heads(parts.get(1), heads)).mul(rectangle.mask);
    NDArray value = heads(parts.get(2), heads);
    NDArray memory = key.transpose(0, 1, 3, 2).matMul(value); // [.., headWidth, headWidth]
    NDArray normalizer = query.mul(key.sum(new int[] {2}, true)).sum(new int[] {3}, true);
    NDArray mixed = query.matMul(memory).div(normalizer.add(TransformerSpec.ATTENTION_EPSILON));
    NDArray joined = rectangle.collect(mixed.transpose(0, 2, 1, 3), heads * spec.headWidth());
    return layers.linear(name + ".output", joined);
  }

  /** The padded form of the batch. */
  private final class Rectangle {
    private final Layers layers;
    private final NDArray tokens;
    private final NDArray cells;

    /** {@code [batch, 1, length, 1]}. */
    private final NDArray mask;

    Rectangle(Layers layers) {
      this.layers = layers;
      tokens = layers.array(batch.tokens(), batch.size(), batch.length());
      cells = layers.indices(batch.cells());
      mask = layers.array(batch.mask(), batch.size(), 1, batch.length(), 1);
    }

    /** {@code [count, n]} to {@code [batch, length, n]}; padding repeats the first token. */
    NDArray spread(NDArray x) {
      return Layers.gather(x, tokens);
    }

    /** {@code [batch, length, heads, headWidth]} to {@code [count, inner]}. */
    NDArray collect(NDArray x, int inner) {
      return Layers.gather(x.reshape((long) batch.size() * batch.length(), inner), cells);
    }
  }

  /** {@code [batch, length, inner]} to {@code [batch, heads, length, headWidth]}. */
  private NDArray heads(NDArray x, int heads) {
    return x.reshape(batch.size(), batch.length(), heads, spec.headWidth()).transpose(0, 2, 1, 3);
  }
}
