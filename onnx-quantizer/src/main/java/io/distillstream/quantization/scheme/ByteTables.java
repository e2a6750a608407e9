package io.distillstream.quantization.scheme;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.ConstantNames;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.Int8Weights;
import java.util.List;

/** Gather of rows that are held in 8 bits; only the rows looked up are scaled, by column. */
record ByteTables(WeightStore weights, SchemeOptions options) implements HeldScheme {
  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public Int8Weights held(Layer layer) {
    return weights.table(layer, options);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer table = site.layer();
    Int8Weights held = held(table);
    String rows =
        out.constant(
            ConstantNames.table(table),
            name -> Tensor.int8(name, held.values(), table.rows(), table.columns()));
    String scales =
        out.constant(
            rows + "/scales", name -> Tensor.float32(name, held.scales(), held.scales().length));
    String y = site.output();
    String found = out.value("Gather", List.of(rows, site.activations()), y + "/int8");
    String unscaled =
        out.value("Cast", List.of(found), y + "/unscaled", Attribute.castTo(ElementType.FLOAT32));
    out.node("Mul", List.of(unscaled, scales), y);
  }
}
