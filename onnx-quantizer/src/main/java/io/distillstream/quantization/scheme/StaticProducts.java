package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.ConstantNames;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.StaticValues;
import io.distillstream.quantization.rewrite.StaticWeights;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.Int8Weights;
import java.util.List;
import java.util.Optional;

/**
 * MatMul and Gemm in integers, with activations on a grid that calibration found. Results are left
 * in fp32: ONNX Runtime then scales them in the product's own kernel.
 *
 * <p>Two arrangements of what follows are avoided, since ONNX Runtime fuses them in fp32 before it
 * sees the integers, and would then expand all weights in every run: MatMul and Add, and Gemm and
 * Relu.
 */
record StaticProducts(WeightStore weights, SchemeOptions options, StaticValues values)
    implements HeldScheme {
  @Override
  public boolean fits(Site site) {
    return values.knows(site.activations())
        && site.layer().rows() <= DynamicProducts.MAX_INNER_LENGTH;
  }

  @Override
  public Int8Weights held(Layer layer) {
    return weights.product(layer, options);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    Layer layer = site.layer();
    Int8Weights held = held(layer);
    String x = values.input(site.activations(), out);
    String w =
        StaticWeights.of(
            ConstantNames.integers(layer, options.form()),
            held,
            options.form(),
            /* axis= */ 1,
            out,
            layer.rows(),
            layer.columns());
    NodeProto.Builder node = site.node().toBuilder().clearInput().addInput(x).addInput(w);
    // The matrix is written as it is used.
    node.getAttributeBuilderList().stream()
        .filter(attribute -> attribute.getName().equals("transB"))
        .forEach(attribute -> attribute.setI(0));
    Optional<Tensor> bias = bias(site);
    if (bias.isPresent()) {
      float step = values.grid(site.activations()).scale() * site.alpha();
      node.addInput(bias(site, bias.get(), step, held, out));
    }
    if (site.hasInput(2) && bias.isEmpty()) {
      String product = out.name(site.output() + "/unbiased");
      out.keep(node.setOutput(0, product).build());
      out.node("Add", List.of(product, site.input(2)), site.output());
    } else if (site.is("Gemm")) {
      values.writeRectified(node.build(), out);
    } else {
      values.subtractBiasBehind(site.output());
      out.keep(node.build());
    }
  }

  /** The bias, if it is a constant with a value for each column. */
  private Optional<Tensor> bias(Site site) {
    return weights
        .constants()
        .tensor(site.input(2))
        .filter(found -> found.elements() == site.layer().columns())
        .filter(found -> found.dims().get(found.dims().size() - 1) == site.layer().columns());
  }

  private static String bias(
      Site site, Tensor bias, float step, Int8Weights held, RewrittenGraph out) {
    return StaticWeights.bias(site.output() + "/bias", bias.floats(), step, held.scales(), out);
  }
}
