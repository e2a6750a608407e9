package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.TransformerSpec;

/** The forward pass of a {@link CausalTransformerSpec}: a row per token, text after text. */
record CausalPass(CausalTransformerSpec spec, EncodedBatch batch) implements ForwardPass {
  /** Tokens that attend to each other pair by pair; those before are summed up. */
  private static final int CHUNK = 64;

  static CausalPass of(CausalTransformerSpec spec, TokenInputs inputs) {
    return new CausalPass(spec, EncodedBatch.of(inputs, spec));
  }

  @Override
  public int rows() {
    return batch.count();
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
    NDArray past = layers.array(lowerTriangle(), CHUNK, CHUNK);
    AttentionBlocks blocks =
        new AttentionBlocks(
            layers, batch, spec.headWidth(), (query, key, value) -> read(query, key, value, past));
    return layers.norm("norm", blocks.through(x, spec.blocks()));
  }

  /**
   * Causal linear attention, {@code Σⱼ≤ᵢ φ(qᵢ)·φ(kⱼ) vⱼ / (Σⱼ≤ᵢ φ(qᵢ)·φ(kⱼ) + ε)}: Katharopoulos et
   * al. 2020, equations 8 to 12. The sums over earlier chunks of a text are carried along as {@code
   * S} and {@code z} of the recurrent form, those within a chunk are one masked product; so time
   * and memory grow linearly with the text, in steps that a matrix library does well.
   */
  private static NDArray read(NDArray query, NDArray key, NDArray value, NDArray past) {
    long length = query.getShape().get(2);
    NDList chunks = new NDList();
    NDArray memory = null; // S, [batch, heads, headWidth, headWidth]
    NDArray total = null; // z, [batch, heads, headWidth, 1]
    for (long from = 0; from < length; from += CHUNK) {
      long to = Math.min(from + CHUNK, length);
      NDIndex range = new NDIndex(":, :, " + from + ":" + to);
      NDArray q = query.get(range);
      NDArray k = key.get(range);
      NDArray v = value.get(range);
      NDArray columns = k.transpose(0, 1, 3, 2);
      long size = to - from;
      NDArray weights = q.matMul(columns).mul(past.get(new NDIndex(":" + size + ", :" + size)));
      NDArray sum = weights.sum(new int[] {3}, true);
      NDArray weighed = weights.matMul(v);
      if (memory != null && total != null) {
        sum = sum.add(q.matMul(total));
        weighed = weighed.add(q.matMul(memory));
      }
      chunks.add(weighed.div(sum.add(TransformerSpec.ATTENTION_EPSILON)));
      if (to < length) {
        NDArray added = columns.matMul(v);
        NDArray addedTotal = columns.sum(new int[] {3}, true);
        memory = memory == null ? added : memory.add(added);
        total = total == null ? addedTotal : total.add(addedTotal);
      }
    }
    return chunks.size() == 1 ? chunks.get(0) : NDArrays.concat(chunks, 2);
  }

  private static float[] lowerTriangle() {
    float[] triangle = new float[CHUNK * CHUNK];
    for (int row = 0; row < CHUNK; row++) {
      for (int column = 0; column <= row; column++) {
        triangle[row * CHUNK + column] = 1;
      }
    }
    return triangle;
  }
}
