package io.distillstream.quantization.scheme;

import io.distillstream.model.quantization.ColumnQuantization;
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
import io.distillstream.quantization.weights.WeightForm;
import java.util.Arrays;
import java.util.List;

/**
 * Conv in integers, with activations that are quantized as they come.
 *
 * <p>Weights are unsigned whatever the options say: ONNX Runtime's ConvInteger takes six times as
 * long with signed ones. With unsigned ones it is about as fast as fp32, so this scheme saves
 * space, not time.
 */
record DynamicConvolutions(WeightStore weights, SchemeOptions options, long opset)
    implements HeldScheme {
  @Override
  public boolean fits(Site site) {
    return opset >= DynamicProducts.MIN_OPSET
        && site.layer().rows() <= DynamicProducts.MAX_INNER_LENGTH
        && (!site.hasInput(2) || weights.constants().tensor(site.input(2), 1).isPresent());
  }

  @Override
  public Int8Weights held(Layer layer) {
    return weights.channels(
        layer.name(), layer.columns(), options.granularity(), ColumnQuantization.LEVELS);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer layer = site.layer();
    Int8Weights held = held(layer);
    long[] kernel = weights.tensor(layer.name()).shape();
    String w =
        out.constant(
            ConstantNames.integers(layer, WeightForm.UNSIGNED),
            name -> held.tensor(name, WeightForm.UNSIGNED, kernel));
    String scales =
        out.constant(
            w + "/scales",
            name ->
                Tensor.float32(
                    name, held.scales(), perChannel(held.scales().length, kernel.length)));
    DynamicProducts.Bytes x = DynamicProducts.activations(site.activations(), out);
    String y = site.output();
    String product = site.hasInput(2) ? out.name(y + "/unbiased") : y;
    String integers =
        out.value(
            "ConvInteger",
            List.of(
                x.values(), w, x.zeroPoint(), DynamicProducts.zeroPoint(WeightForm.UNSIGNED, out)),
            y + "/int32",
            Attribute.allOf(site.node()));
    String unscaled =
        out.value(
            "Cast", List.of(integers), y + "/unscaled", Attribute.castTo(ElementType.FLOAT32));
    String factors = out.value("Mul", List.of(x.scale(), scales), y + "/scales");
    out.node("Mul", List.of(unscaled, factors), product);
    if (site.hasInput(2)) {
      out.node("Add", List.of(product, bias(site, kernel.length, out)), y);
    }
  }

  private String bias(Site site, int rank, RewrittenGraph out) {
    Tensor bias = weights.tensor(site.input(2));
    return out.constant(
        "%s/%d_axes".formatted(site.input(2), rank),
        name -> Tensor.float32(name, bias.floats(), perChannel(bias.elements(), rank)));
  }

  /** Dimensions that spread over the batch and all places. */
  private static long[] perChannel(int channels, int rank) {
    long[] dims = new long[rank - 1];
    Arrays.fill(dims, 1);
    dims[0] = channels;
    return dims;
  }
}
