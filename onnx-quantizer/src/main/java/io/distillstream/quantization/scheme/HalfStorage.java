package io.distillstream.quantization.scheme;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.HalfWeights;
import java.util.List;

/**
 * Constants in fp16 that a Cast widens when the model is loaded; of tables only the rows looked up
 * are widened.
 */
record HalfStorage(WeightStore weights) implements PartwiseScheme {
  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public HalfWeights held(Layer layer, String constant) {
    return weights.half(constant);
  }

  @Override
  public float[] restored(Layer layer) {
    return layer.asUsed(PartwiseScheme.super.restored(layer));
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    if (site.layer().use() == Use.TABLE) {
      String rows = weights.writeHalf(site.input(0), out);
      String y = site.output();
      String found = out.value("Gather", List.of(rows, site.activations()), y + "/fp16_rows");
      out.node("Cast", List.of(found), y, Attribute.castTo(ElementType.FLOAT32));
      return;
    }
    Site widened = site;
    for (int i = 1; i <= site.layer().constants().size(); i++) {
      widened = widened.withInput(i, widened(site.input(i), out));
    }
    out.keep(widened.node());
  }

  private String widened(String constant, RewrittenGraph out) {
    String widened = constant + "/widened";
    if (out.defines(widened)) {
      out.value(
          "Cast",
          List.of(weights.writeHalf(constant, out)),
          widened,
          Attribute.castTo(ElementType.FLOAT32));
    }
    return out.name(widened);
  }
}
