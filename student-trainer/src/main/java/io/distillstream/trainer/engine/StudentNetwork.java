package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Map;

/**
 * The forward pass of a {@link StudentSpec}. Owns nothing: every intermediate result attaches to
 * the manager of the arrays passed in.
 */
final class StudentNetwork {
  private final StudentSpec spec;

  StudentNetwork(StudentSpec spec) {
    this.spec = spec;
  }

  /**
   * Logits {@code [batch, classes]}.
   *
   * @param weights every parameter but the word embedding, by name
   * @param rows word vectors of the batch, {@code [words, width]}
   * @param slots index into {@code rows}, int64 {@code [batch, tokens]}
   * @param mask 1 or 0, {@code [batch, tokens]}
   */
  NDArray logits(Map<String, NDArray> weights, NDArray rows, NDArray slots, NDArray mask) {
    long batch = slots.getShape().get(0);
    long tokens = slots.getShape().get(1);
    NDArray x = slots.getNDArrayInternal().embedding(slots, rows, SparseFormat.DENSE).get(0);
    if (spec.positions()) {
      x = x.add(weight(weights, StudentSpec.POSITION).get("0:" + tokens)); // [batch, tokens, width]
    }
    NDArray keyMask = mask.reshape(batch, 1, tokens, 1);
    for (int block = 0; block < spec.blocks(); block++) {
      String prefix = "block" + block + ".";
      x = x.add(attention(weights, prefix + "attention", x, keyMask));
      x = x.add(feedForward(weights, prefix + "feedforward", x));
    }
    NDArray kept = norm(weights, "norm", x).mul(mask.reshape(batch, tokens, 1));
    NDArray mean = kept.sum(new int[] {1}).div(mask.sum(new int[] {1}, true)); // [batch, width]
    return linear(weights, "classifier", mean);
  }

  /**
   * Linear attention: {@code φ(Q) (φ(K)ᵀ V) / (φ(Q) Σ φ(K))} with {@code φ(x) = elu(x) + 1}, over
   * all unmasked tokens, in time linear in their number. Katharopoulos, Vyas, Pappas, Fleuret, <a
   * href="https://arxiv.org/abs/2006.16236">Transformers are RNNs</a>, 2020, equations 5 and 7.
   */
  private NDArray attention(Map<String, NDArray> weights, String name, NDArray x, NDArray keyMask) {
    long batch = x.getShape().get(0);
    long tokens = x.getShape().get(1);
    NDList parts = linear(weights, name + ".input", norm(weights, name + ".norm", x)).split(3, 2);
    NDArray query = feature(heads(parts.get(0))); // [batch, heads, tokens, headWidth]
    NDArray key = feature(heads(parts.get(1))).mul(keyMask);
    NDArray value = heads(parts.get(2));
    NDArray memory = key.transpose(0, 1, 3, 2).matMul(value); // [.., headWidth, headWidth]
    NDArray normalizer = query.mul(key.sum(new int[] {2}, true)).sum(new int[] {3}, true);
    NDArray mixed =
        query.matMul(memory).div(normalizer.add(StudentSpec.ATTENTION_EPSILON)); // as query
    NDArray joined = mixed.transpose(0, 2, 1, 3).reshape(batch, tokens, spec.width());
    return linear(weights, name + ".output", joined);
  }

  private NDArray feedForward(Map<String, NDArray> weights, String name, NDArray x) {
    NDArray inner = linear(weights, name + ".inner", norm(weights, name + ".norm", x));
    return linear(weights, name + ".outer", inner.getNDArrayInternal().gelu());
  }

  /** {@code [batch, tokens, width]} to {@code [batch, heads, tokens, headWidth]}. */
  private NDArray heads(NDArray x) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), spec.heads(), spec.headWidth())
        .transpose(0, 2, 1, 3);
  }

  private static NDArray feature(NDArray x) {
    return x.getNDArrayInternal().elu(1).add(1);
  }

  private NDArray norm(Map<String, NDArray> weights, String name, NDArray x) {
    return x.getNDArrayInternal()
        .layerNorm(
            x,
            new Shape(spec.width()),
            weight(weights, name + ".scale"),
            weight(weights, name + ".shift"),
            StudentSpec.NORM_EPSILON)
        .get(0);
  }

  private static NDArray linear(Map<String, NDArray> weights, String name, NDArray x) {
    return x.matMul(weight(weights, name + ".weight")).add(weight(weights, name + ".bias"));
  }

  private static NDArray weight(Map<String, NDArray> weights, String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalStateException("the network has no parameter " + name);
    }
    return weight;
  }
}
