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
import io.distillstream.quantization.weights.WeightForm;
import java.util.List;

/**
 * MatMul and Gemm in integers, with activations that are quantized as they come, once for all
 * products of the same activations.
 *
 * <p>The nodes stand in the arrangement that ONNX Runtime fuses into one kernel.
 */
record DynamicProducts(WeightStore weights, SchemeOptions options, long opset)
    implements HeldScheme {
  /**
   * Longest inner axis of an integer product: sums of up to 255 · 255 per element must fit 31 bits
   * before the zero points are taken off.
   */
  static final int MAX_INNER_LENGTH = Integer.MAX_VALUE / (255 * 255);

  /** DynamicQuantizeLinear is defined from this operator set on. */
  static final long MIN_OPSET = 11;

  @Override
  public boolean fits(Site site) {
    return opset >= MIN_OPSET && site.layer().rows() <= MAX_INNER_LENGTH;
  }

  @Override
  public Int8Weights held(Layer layer) {
    return weights.product(layer, options);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer layer = site.layer();
    WeightForm form = options.form();
    Int8Weights held = held(layer);
    float alpha = site.alpha();
    String w =
        out.constant(
            ConstantNames.integers(layer, form),
            name -> held.tensor(name, form, layer.rows(), layer.columns()));
    String scales =
        out.constant(
            w + "/scales" + (alpha == 1 ? "" : "_" + alpha),
            name -> Tensor.float32(name, held.scales(alpha), held.scales().length));
    Bytes x = activations(site.activations(), out);
    String y = site.output();
    String product = site.hasInput(2) ? out.name(y + "/unbiased") : y;
    String integers =
        out.value(
            "MatMulInteger",
            List.of(x.values(), w, x.zeroPoint(), zeroPoint(form, out)),
            y + "/int32");
    String unscaled =
        out.value(
            "Cast", List.of(integers), y + "/unscaled", Attribute.castTo(ElementType.FLOAT32));
    String factors = out.value("Mul", List.of(x.scale(), scales), y + "/scales");
    out.node("Mul", List.of(unscaled, factors), product);
    if (site.hasInput(2)) {
      out.node("Add", List.of(product, site.input(2)), y);
    }
  }

  /** The constant that stands for zero in weights of this form. */
  static String zeroPoint(WeightForm form, RewrittenGraph out) {
    return out.constant(
        "int8/zero_point_" + ConstantNames.of(form.type()), name -> form.zeros(name, 1));
  }

  /** Names of activations in 8 bits and of what makes numbers of them. */
  record Bytes(String values, String scale, String zeroPoint) {}

  /** The 8-bit activations, quantized where they are first needed. */
  static Bytes activations(String activations, RewrittenGraph out) {
    String wanted = activations + "/uint8";
    Bytes x =
        new Bytes(out.name(wanted), out.name(wanted + "/scale"), out.name(wanted + "/zero_point"));
    if (out.defines(wanted)) {
      out.node(
          "DynamicQuantizeLinear",
          List.of(activations),
          List.of(x.values(), x.scale(), x.zeroPoint()));
    }
    return x;
  }
}
