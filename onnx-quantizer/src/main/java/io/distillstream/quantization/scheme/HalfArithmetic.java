package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.rewrite.HalfValues;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.weights.WeightError;

/** MatMul, Gemm and Conv in fp16, weights and arithmetic. */
record HalfArithmetic(HalfStorage storage, HalfValues values, ActivationRanges ranges)
    implements Scheme {
  private static final float LARGEST = 65504;

  /** Activations that are known to overflow are left alone. */
  @Override
  public boolean fits(Site site) {
    return inRange(site.activations()) && inRange(site.output());
  }

  private boolean inRange(String value) {
    return ranges
        .of(value)
        .map(range -> range.min() >= -LARGEST && range.max() <= LARGEST)
        .orElse(true);
  }

  @Override
  public long bytes(Layer layer) {
    return storage.bytes(layer);
  }

  @Override
  public WeightError error(Layer layer) {
    return storage.error(layer);
  }

  @Override
  public float[] restored(Layer layer) {
    return storage.restored(layer);
  }

  @Override
  public void write(Site site, RewrittenGraph out) {
    NodeProto.Builder node = site.node().toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (site.hasInput(i)) {
        node.setInput(i, values.of(site.input(i), out));
      }
    }
    values.write(node.build(), out);
  }
}
