package io.distillstream.quantization.scheme;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Constants;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.ConstantNames;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.BlockWeights;
import java.util.List;

/**
 * Weights in blocks that standard operators turn back into fp32. All their inputs are constant, so
 * an engine computes them once, when it loads the model: the file is small, the arithmetic is that
 * of the original.
 */
final class AtLoad implements PartwiseScheme {
  private static final int NIBBLE = 16;

  private final WeightStore weights;
  private final int blockSize;
  private final int bits;

  AtLoad(WeightStore weights, SchemeOptions options, int bits) {
    this.weights = weights;
    this.blockSize = options.blocks().size();
    this.bits = bits;
  }

  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public float[] restored(Layer layer) {
    float[] vectors = held(layer, layer.name()).restored();
    return layer.use().isProduct()
        ? Constants.transposed(vectors, /* rows= */ layer.columns(), /* columns= */ layer.rows())
        : vectors;
  }

  /** Blocks lie along what is summed over. */
  @Override
  public BlockWeights held(Layer layer, String constant) {
    if (layer.use().isProduct()) {
      return weights.columnBlocks(layer, blockSize, bits);
    }
    int length = weights.tensor(constant).elements() / layer.columns();
    return weights.rowBlocks(
        constant,
        new BlockWeights.Layout(layer.columns(), length, blockSize, bits),
        /* halfScales= */ false);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Site expanded = site.withInput(1, expanded(site.layer(), site.input(1), out));
    if (site.layer().use() == Use.RECURRENCE) {
      expanded = expanded.withInput(2, expanded(site.layer(), site.input(2), out));
    }
    out.keep(expanded.node());
  }

  private String expanded(Layer layer, String constant, RewrittenGraph out) {
    BlockWeights held = held(layer, constant);
    String name = "%s/int%d_at_load%s".formatted(constant, bits, ConstantNames.suffix(layer));
    if (!out.defines(name)) {
      return out.name(name);
    }
    BlockWeights.Layout layout = held.layout();
    String codes = out.constant(name + "/codes", held::packed);
    String scales =
        out.constant(
            name + "/scales",
            n -> Tensor.float32(n, held.scales(), layout.vectors(), layout.blocks(), 1));
    String zero = out.constant(name + "/zero", n -> Tensor.scalar(n, (float) layout.zero()));
    String decimal =
        out.value("Cast", List.of(codes), name + "/decimal", Attribute.castTo(ElementType.FLOAT32));
    String numbers = bits == 8 ? decimal : nibbles(decimal, layout, name, out);
    String centred = out.value("Sub", List.of(numbers, zero), name + "/centred");
    String blocks = out.value("Mul", List.of(centred, scales), name + "/blocks");
    String vectors = reshaped(blocks, name + "/padded", out, layout.vectors(), -1);
    if (layout.length() % layout.size() != 0) {
      vectors = cut(vectors, layout.length(), name, out);
    }
    if (layer.use() == Use.PRODUCT) {
      return out.value("Transpose", List.of(vectors), name, Attribute.integers("perm", 1, 0));
    }
    return reshaped(vectors, name, out, weights.tensor(constant).shape());
  }

  /** Both numbers of each byte, the lower one first. */
  private static String nibbles(
      String bytes, BlockWeights.Layout layout, String name, RewrittenGraph out) {
    String radix = out.constant("int4/radix", n -> Tensor.scalar(n, (float) NIBBLE));
    String quotient = out.value("Div", List.of(bytes, radix), name + "/quotient");
    String high = out.value("Floor", List.of(quotient), name + "/upper");
    String withoutLow = out.value("Mul", List.of(high, radix), name + "/without_lower");
    String low = out.value("Sub", List.of(bytes, withoutLow), name + "/lower");
    String lower = reshaped(low, name + "/lower_column", out, -1, 1);
    String upper = reshaped(high, name + "/upper_column", out, -1, 1);
    String pairs =
        out.value("Concat", List.of(lower, upper), name + "/pairs", Attribute.integer("axis", 1));
    return reshaped(
        pairs, name + "/numbers", out, layout.vectors(), layout.blocks(), layout.size());
  }

  private static String reshaped(String value, String name, RewrittenGraph out, long... dims) {
    String shape = out.constant(name + "/shape", n -> Tensor.int64(n, dims, dims.length));
    return out.value("Reshape", List.of(value, shape), name);
  }

  private static String cut(String vectors, int length, String name, RewrittenGraph out) {
    String from = out.constant(name + "/from", n -> Tensor.int64(n, new long[] {0}, 1));
    String to = out.constant(name + "/to", n -> Tensor.int64(n, new long[] {length}, 1));
    String axis = out.constant(name + "/axis", n -> Tensor.int64(n, new long[] {1}, 1));
    return out.value("Slice", List.of(vectors, from, to, axis), name + "/vectors");
  }
}
