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

/**
 * Conv in integers, with inputs and results on grids that calibration found; a Relu behind it is
 * done by the result's grid.
 */
record StaticConvolutions(WeightStore weights, SchemeOptions options, StaticValues values)
    implements HeldScheme {
  @Override
  public boolean fits(Site site) {
    return values.knows(site.activations())
        && values.knows(values.rectified(site.output()))
        && site.layer().rows() <= DynamicProducts.MAX_INNER_LENGTH
        && (!site.hasInput(2) || weights.constants().tensor(site.input(2), 1).isPresent());
  }

  @Override
  public Int8Weights held(Layer layer) {
    return weights.channels(
        layer.name(), layer.columns(), options.granularity(), options.form().levels());
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
            /* axis= */ 0,
            out,
            weights.tensor(layer.name()).shape());
    NodeProto.Builder node = site.node().toBuilder().clearInput().addInput(x).addInput(w);
    if (site.hasInput(2)) {
      Tensor bias = weights.tensor(site.input(2));
      float step = values.grid(site.activations()).scale();
      node.addInput(
          StaticWeights.bias(site.output() + "/bias", bias.floats(), step, held.scales(), out));
    }
    values.writeOnGrid(node.build(), out);
  }
}
