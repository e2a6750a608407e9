package io.distillstream.quantization.scheme;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.quantization.layer.Constants;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.HalfWeights;
import io.distillstream.quantization.weights.WeightError;
import java.util.List;

/**
 * Constants in fp16 that a Cast widens when the model is loaded; of tables only the rows looked up
 * are widened.
 */
final class HalfStorage implements Scheme {
  private final WeightStore weights;

  HalfStorage(WeightStore weights) {
    this.weights = weights;
  }

  @Override
  public boolean fits(Site site) {
    return true;
  }

  @Override
  public long bytes(Layer layer) {
    return layer.constants().stream().mapToLong(name -> weights.half(name).bytes()).sum();
  }

  @Override
  public WeightError error(Layer layer) {
    return layer.constants().stream()
        .map(name -> weights.half(name).error())
        .reduce(WeightError.NONE, WeightError::and);
  }

  @Override
  public float[] restored(Layer layer) {
    float[] restored = weights.half(layer.name()).restored();
    return layer.use() == Use.TRANSPOSED_PRODUCT
        ? Constants.transposed(restored, /* rows= */ layer.columns(), /* columns= */ layer.rows())
        : restored;
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    if (site.layer().use() == Use.TABLE) {
      String rows = half(site.input(0), out);
      String y = site.output();
      out.node("Gather", List.of(rows, site.activations()), y + "/fp16_rows");
      out.node("Cast", List.of(y + "/fp16_rows"), y, Attribute.castTo(ElementType.FLOAT32));
      return;
    }
    Site widened = site;
    for (int i = 1; i <= site.layer().constants().size(); i++) {
      widened = widened.withInput(i, widened(site.input(i), out));
    }
    out.keep(widened.node());
  }

  private String widened(String constant, RewrittenGraph out) {
    String name = constant + "/widened";
    if (out.defines(name)) {
      out.node("Cast", List.of(half(constant, out)), name, Attribute.castTo(ElementType.FLOAT32));
    }
    return name;
  }

  private String half(String constant, RewrittenGraph out) {
    HalfWeights held = weights.half(constant);
    long[] dims = weights.tensor(constant).shape();
    return out.constant(constant + "/fp16", name -> held.tensor(name, dims));
  }
}
