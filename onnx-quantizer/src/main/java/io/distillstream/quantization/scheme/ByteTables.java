package io.distillstream.quantization.scheme;

import io.distillstream.model.ColumnQuantization;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.weights.Int8Weights;
import java.util.List;

/** Gather of rows that are held in 8 bits; only the rows looked up are scaled, by column. */
final class ByteTables implements Scheme {
  private final WeightStore weights;
  private final SchemeOptions options;

  ByteTables(WeightStore weights, SchemeOptions options) {
    this.weights = weights;
    this.options = options;
  }

  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public Held held(Site site) {
    Int8Weights held = weights(site.layer());
    return new Held(held.bytes(), held.error());
  }

  private Int8Weights weights(Layer layer) {
    return weights.columns(layer, options.granularity(), ColumnQuantization.LEVELS);
  }

  @Override
  public void write(Site site, Rewrite out) {
    Layer table = site.layer();
    Int8Weights held = weights(table);
    String name =
        out.constant(
            table.name() + "/int8",
            n -> Tensor.int8(n, held.values(), table.rows(), table.columns()));
    out.constant(name + "/scales", n -> Tensor.float32(n, held.scales(), held.scales().length));
    String y = site.output();
    out.node("Gather", List.of(name, site.activations()), y + "/int8");
    out.node("Cast", List.of(y + "/int8"), y + "/unscaled", Attribute.castTo(ElementType.FLOAT32));
    out.node("Mul", List.of(y + "/unscaled", name + "/scales"), y);
  }
}
