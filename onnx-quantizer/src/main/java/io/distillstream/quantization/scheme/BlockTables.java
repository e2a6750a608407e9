package io.distillstream.quantization.scheme;

import io.distillstream.foundation.Binary16;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.BlockWeights;
import java.util.List;

/**
 * Gather of rows that are held in 4 bits, in blocks along the row, by ONNX Runtime's
 * GatherBlockQuantized. Scales are held in fp16: with blocks of 32 a weight takes 4.5 bits.
 */
final class BlockTables implements HeldScheme {
  private static final int BITS = 4;

  private final WeightStore weights;
  private final int blockSize;

  BlockTables(WeightStore weights, SchemeOptions options) {
    this.weights = weights;
    this.blockSize = options.blocks().size();
  }

  /** Two weights share a byte, and no byte may belong to two rows. */
  @Override
  public boolean fits(Site site) {
    return site.layer().columns() % 2 == 0;
  }

  @Override
  public BlockWeights held(Layer layer) {
    return weights.rowBlocks(
        layer.name(),
        new BlockWeights.Layout(layer.rows(), layer.columns(), blockSize, BITS),
        /* halfScales= */ true);
  }

  @Override
  public long bytes(Layer layer) {
    return layer.elements() / 2 + (long) Short.BYTES * held(layer).scales().length;
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer table = site.layer();
    BlockWeights held = held(table);
    String rows = out.constant(table.name() + "/int4_rows", held::packedRows);
    String scales =
        out.constant(
            rows + "/scales",
            name ->
                Tensor.float16(name, halves(held.scales()), table.rows(), held.layout().blocks()));
    String y = site.output();
    String found = out.name(y + "/fp16_rows");
    out.microsoftNode(
        "GatherBlockQuantized",
        List.of(rows, site.activations(), scales),
        found,
        Attribute.integer("bits", BITS),
        Attribute.integer("block_size", blockSize),
        Attribute.integer("gather_axis", 0),
        Attribute.integer("quantize_axis", 1));
    out.node("Cast", List.of(found), y, Attribute.castTo(ElementType.FLOAT32));
  }

  private static short[] halves(float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Binary16.fromFloat(values[i]);
    }
    return halves;
  }
}
