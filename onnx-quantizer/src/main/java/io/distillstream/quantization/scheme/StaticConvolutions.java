package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.weights.Int8Weights;
import io.distillstream.quantization.weights.ScaleRange;
import io.distillstream.quantization.weights.WeightError;
import java.util.Optional;

/**
 * Conv in integers, with inputs and results on grids that calibration found; a Relu behind it is
 * done by the result's grid.
 */
final class StaticConvolutions implements Scheme {
  private final WeightStore weights;
  private final SchemeOptions options;
  private final StaticValues values;

  StaticConvolutions(WeightStore weights, SchemeOptions options, StaticValues values) {
    this.weights = weights;
    this.options = options;
    this.values = values;
  }

  @Override
  public boolean fits(Site site) {
    return values.knows(site.activations())
        && values.knows(values.rectified(site.output()))
        && site.layer().rows() <= DynamicProducts.MAX_INNER_LENGTH
        && (!site.hasInput(2) || weights.constants().tensor(site.input(2), 1).isPresent());
  }

  private Int8Weights weights(Layer layer) {
    return weights.channels(
        layer.name(), layer.columns(), options.granularity(), options.form().levels());
  }

  @Override
  public long bytes(Layer layer) {
    return weights(layer).bytes();
  }

  @Override
  public WeightError error(Layer layer) {
    return weights(layer).error();
  }

  @Override
  public Optional<ScaleRange> scales(Layer layer) {
    return Optional.of(ScaleRange.of(weights(layer).scales()));
  }

  @Override
  public float[] restored(Layer layer) {
    return weights(layer).restored();
  }

  @Override
  public void write(Site site, Rewrite out) {
    Layer layer = site.layer();
    Int8Weights held = weights(layer);
    String x = values.input(site.activations(), out);
    String w =
        StaticWeights.of(
            Names.integers(layer, options.form()),
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
