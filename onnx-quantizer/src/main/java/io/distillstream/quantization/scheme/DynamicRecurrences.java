package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.ConstantNames;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.Int8Weights;
import io.distillstream.quantization.weights.WeightForm;
import java.util.ArrayList;
import java.util.List;

/**
 * LSTM in integers, by ONNX Runtime's DynamicQuantizeLSTM, which quantizes inputs and states as
 * they come. It knows no GRU and no simple recurrence.
 */
record DynamicRecurrences(WeightStore weights, SchemeOptions options) implements PartwiseScheme {
  /** Inputs of a LSTM: X, W, R, B, sequence lengths, first h, first c, peepholes. */
  private static final int INPUTS = 8;

  @Override
  public boolean fits(Site site) {
    return site.is("LSTM")
        && Attribute.integerOf(site.node(), "layout", 0) == 0
        && site.layer().rows() <= DynamicProducts.MAX_INNER_LENGTH;
  }

  /** Scales by direction, or by gate of each direction. */
  @Override
  public Int8Weights held(Layer layer, String constant) {
    int directions = Math.toIntExact(weights.tensor(constant).dims().get(0));
    return weights.channels(
        constant,
        options.granularity() == Granularity.PER_TENSOR ? directions : layer.columns(),
        Granularity.PER_CHANNEL,
        options.form().levels());
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      inputs.add(site.input(i));
    }
    for (int i = 1; i <= 2; i++) {
      String constant = site.input(i);
      Int8Weights held = held(site.layer(), constant);
      String integers = integers(constant, held, out);
      inputs.set(i, integers);
      inputs.add(scales(constant, integers, held, out));
      inputs.add(zeroPoints(constant, integers, held, out));
    }
    NodeProto node = site.node();
    out.microsoftNode("DynamicQuantizeLSTM", inputs, node.getOutputList(), Attribute.allOf(node));
  }

  /** The kernel wants {@code [directions, inputs, gates]} where LSTM has the last two swapped. */
  private String integers(String constant, Int8Weights held, RewrittenGraph out) {
    WeightForm form = options.form();
    long[] dims = weights.tensor(constant).shape();
    return out.constant(
        "%s/%s_transposed".formatted(constant, ConstantNames.of(form.type())),
        name ->
            held.swapped((int) dims[0], (int) dims[1])
                .tensor(name, form, dims[0], dims[2], dims[1]));
  }

  private String scales(String constant, String integers, Int8Weights held, RewrittenGraph out) {
    long[] dims = scaleDims(constant, held);
    return out.constant(integers + "/scales", name -> Tensor.float32(name, held.scales(), dims));
  }

  private String zeroPoints(
      String constant, String integers, Int8Weights held, RewrittenGraph out) {
    long[] dims = scaleDims(constant, held);
    return out.constant(
        integers + "/zero_points", name -> options.form().zeros(name, held.scales().length, dims));
  }

  private long[] scaleDims(String constant, Int8Weights held) {
    long directions = weights.tensor(constant).dims().get(0);
    int scales = held.scales().length;
    return scales == directions
        ? new long[] {directions}
        : new long[] {directions, scales / directions};
  }
}
