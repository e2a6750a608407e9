package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.student.TransformerSpec;

/** The forward pass of a {@link TransformerSpec}. */
record TransformerPass(TransformerSpec spec, EncodedBatch batch) implements ForwardPass {

  static TransformerPass of(TransformerSpec spec, TokenInputs inputs) {
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
  public WordVectors vectors() {
    return batch.vectors();
  }

  @Override
  public NDArray hidden(Layers layers) {
    // [count, width]
    NDArray x = layers.moved(Layers.gather(layers.rows(), layers.indices(batch.slots())));
    if (spec.positions()) {
      NDArray table = layers.weight(TransformerSpec.POSITION);
      x = x.add(Layers.gather(table, layers.indices(batch.positions())));
    }
    AttentionBlocks blocks =
        new AttentionBlocks(layers, batch, spec.headWidth(), TransformerPass::read);
    x = blocks.through(x, spec.blocks());
    NDArray averaging = layers.array(batch.averaging(), batch.size(), batch.count());
    return averaging.matMul(layers.norm("norm", x));
  }

  /**
   * Linear attention: {@code φ(Q) (φ(K)ᵀ V) / (φ(Q) Σ φ(K))} with {@code φ(x) = elu(x) + 1}, over
   * all tokens of a text, in time linear in their number. Katharopoulos, Vyas, Pappas, Fleuret, <a
   * href="https://arxiv.org/abs/2006.16236">Transformers are RNNs</a>, 2020, equations 5 and 7.
   */
  private static NDArray read(NDArray query, NDArray key, NDArray value) {
    NDArray memory = key.transpose(0, 1, 3, 2).matMul(value); // [.., headWidth, headWidth]
    NDArray normalizer = query.mul(key.sum(new int[] {2}, true)).sum(new int[] {3}, true);
    return query.matMul(memory).div(normalizer.add(TransformerSpec.ATTENTION_EPSILON));
  }
}
