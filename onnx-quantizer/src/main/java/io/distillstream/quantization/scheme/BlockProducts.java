package io.distillstream.quantization.scheme;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Constants;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.BlockOptions;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.ConstantNames;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.BlockWeights;
import java.util.List;

/** MatMul and Gemm with weights in blocks, by ONNX Runtime's MatMulNBits. */
final class BlockProducts implements HeldScheme {
  /** Lets the kernel round activations to 8 bits in blocks and multiply in integers. */
  private static final int INTEGER_ACTIVATIONS = 4;

  private final WeightStore weights;
  private final BlockOptions options;
  private final int bits;

  BlockProducts(WeightStore weights, SchemeOptions options, int bits) {
    this.weights = weights;
    this.options = options.blocks();
    this.bits = bits;
  }

  @Override
  public BlockWeights held(Layer layer) {
    return weights.columnBlocks(layer, options.size(), bits);
  }

  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public float[] restored(Layer layer) {
    return Constants.transposed(
        held(layer).restored(), /* rows= */ layer.columns(), /* columns= */ layer.rows());
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer layer = site.layer();
    BlockWeights held = held(layer);
    float alpha = site.alpha();
    String w =
        out.constant(
            "%s/int%d_blocks%s".formatted(layer.name(), bits, ConstantNames.suffix(layer)),
            held::packed);
    String scales =
        out.constant(
            w + "/scales" + (alpha == 1 ? "" : "_" + alpha),
            name -> Tensor.float32(name, times(held.scales(), alpha), held.scales().length));
    String y = site.output();
    String product = site.hasInput(2) ? out.name(y + "/unbiased") : y;
    out.microsoftNode(
        "MatMulNBits",
        List.of(site.activations(), w, scales),
        product,
        Attribute.integer("K", layer.rows()),
        Attribute.integer("N", layer.columns()),
        Attribute.integer("bits", bits),
        Attribute.integer("block_size", options.size()),
        Attribute.integer(
            "accuracy_level",
            switch (options.kernels()) {
              case INTEGER -> INTEGER_ACTIVATIONS;
              case DECIMAL, AT_LOAD -> 0;
            }));
    if (site.hasInput(2)) {
      out.node("Add", List.of(product, site.input(2)), y);
    }
  }

  private static float[] times(float[] scales, float factor) {
    float[] scaled = scales.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }
}
