package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Map;

/**
 * The forward pass of one batch. Owns nothing: every array attaches to the step's manager.
 *
 * <p>Tokens stand in one row, {@code [count, ·]}, so that the products with weights, which are most
 * of the work, spend nothing on padding: texts of 18 tokens on average stand beside one of 45. Only
 * attention, which needs the texts apart, spreads them over a padded rectangle.
 */
final class StudentNetwork {
  private final StudentSpec spec;
  private final Map<String, NDArray> weights;
  private final NDManager step;
  private final NativeArrays arrays;
  private final EncodedBatch batch;

  /**
   * A pass that borrows everything it is given.
   *
   * @param weights every parameter but the word embedding, by name, attached to {@code step}
   * @param arrays copies the batch's indices
   */
  StudentNetwork(
      StudentSpec spec,
      Map<String, NDArray> weights,
      NDManager step,
      NativeArrays arrays,
      EncodedBatch batch) {
    this.spec = spec;
    this.weights = weights;
    this.step = step;
    this.arrays = arrays;
    this.batch = batch;
  }

  /**
   * Logits {@code [batch, classes]}.
   *
   * @param rows word vectors of the batch, {@code [words, width]}
   */
  NDArray logits(NDArray rows) {
    NDArray x = gather(rows, indices(batch.slots())); // [count, width]
    if (spec.positions()) {
      x = x.add(gather(weight(StudentSpec.POSITION), indices(batch.positions())));
    }
    Rectangle rectangle = new Rectangle();
    for (int block = 0; block < spec.blocks(); block++) {
      String prefix = "block" + block + ".";
      x = x.add(attention(prefix + "attention", x, rectangle));
      x = x.add(feedForward(prefix + "feedforward", x));
    }
    NDArray averaging =
        arrays.copy(step, batch.averaging(), new Shape(batch.size(), batch.slots().length));
    return linear("classifier", averaging.matMul(norm("norm", x)));
  }

  /**
   * Linear attention: {@code φ(Q) (φ(K)ᵀ V) / (φ(Q) Σ φ(K))} with {@code φ(x) = elu(x) + 1}, over
   * all tokens of a text, in time linear in their number. Katharopoulos, Vyas, Pappas, Fleuret, <a
   * href="https://arxiv.org/abs/2006.16236">Transformers are RNNs</a>, 2020, equations 5 and 7.
   */
  private NDArray attention(String name, NDArray x, Rectangle rectangle) {
    NDArray input = linear(name + ".input", norm(name + ".norm", x)); // [count, 3 width]
    NDList parts = rectangle.spread(input).split(3, 2);
    NDArray query = feature(heads(parts.get(0))); // [batch, heads, length, headWidth]
    NDArray key = feature(heads(parts.get(1))).mul(rectangle.mask);
    NDArray value = heads(parts.get(2));
    NDArray memory = key.transpose(0, 1, 3, 2).matMul(value); // [.., headWidth, headWidth]
    NDArray normalizer = query.mul(key.sum(new int[] {2}, true)).sum(new int[] {3}, true);
    NDArray mixed = query.matMul(memory).div(normalizer.add(StudentSpec.ATTENTION_EPSILON));
    return linear(name + ".output", rectangle.collect(mixed.transpose(0, 2, 1, 3)));
  }

  /** The padded form of the batch. */
  private final class Rectangle {
    private final NDArray tokens =
        arrays.copy(step, batch.tokens(), new Shape(batch.size(), batch.length()));
    private final NDArray cells = indices(batch.cells());

    /** {@code [batch, 1, length, 1]}. */
    private final NDArray mask =
        arrays.copy(step, batch.mask(), new Shape(batch.size(), 1, batch.length(), 1));

    /** {@code [count, n]} to {@code [batch, length, n]}; padding repeats the first token. */
    NDArray spread(NDArray x) {
      return gather(x, tokens);
    }

    /** {@code [batch, length, heads, headWidth]} to {@code [count, width]}. */
    NDArray collect(NDArray x) {
      return gather(x.reshape((long) batch.size() * batch.length(), spec.width()), cells);
    }
  }

  private NDArray feedForward(String name, NDArray x) {
    NDArray inner = linear(name + ".inner", norm(name + ".norm", x));
    return linear(name + ".outer", inner.getNDArrayInternal().gelu());
  }

  /** {@code [batch, length, width]} to {@code [batch, heads, length, headWidth]}. */
  private NDArray heads(NDArray x) {
    return x.reshape(batch.size(), batch.length(), spec.heads(), spec.headWidth())
        .transpose(0, 2, 1, 3);
  }

  private static NDArray feature(NDArray x) {
    return x.getNDArrayInternal().elu(1).add(1);
  }

  private NDArray norm(String name, NDArray x) {
    return x.getNDArrayInternal()
        .layerNorm(
            x,
            new Shape(spec.width()),
            weight(name + ".scale"),
            weight(name + ".shift"),
            StudentSpec.NORM_EPSILON)
        .get(0);
  }

  private NDArray linear(String name, NDArray x) {
    return x.matMul(weight(name + ".weight")).add(weight(name + ".bias"));
  }

  private static NDArray gather(NDArray rows, NDArray indices) {
    return indices.getNDArrayInternal().embedding(indices, rows, SparseFormat.DENSE).get(0);
  }

  private NDArray indices(long[] values) {
    return arrays.copy(step, values, new Shape(values.length));
  }

  private NDArray weight(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalStateException("the network has no parameter " + name);
    }
    return weight;
  }
}
