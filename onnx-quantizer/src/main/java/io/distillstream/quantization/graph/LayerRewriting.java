package io.distillstream.quantization.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.layer.Consumers;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.HalfValues;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.rewrite.StaticValues;
import io.distillstream.quantization.rewrite.WeightStore;
import io.distillstream.quantization.scheme.Schemes;
import java.util.Optional;

/** One rewriting of one graph; serves once. */
final class LayerRewriting {
  private final QuantizableLayers layers;
  private final StaticValues values;
  private final HalfValues halves;
  private final Schemes schemes;

  LayerRewriting(
      QuantizableLayers layers,
      WeightStore weights,
      ActivationRanges ranges,
      SchemeOptions options) {
    OnnxModel model = layers.model();
    this.layers = layers;
    this.values = new StaticValues(ranges, new Consumers(model), weights.constants());
    this.halves = new HalfValues(weights);
    this.schemes = new Schemes(weights, options, values, halves, model.opset());
  }

  /** What each use of a layer can be held in. */
  Schemes schemes() {
    return schemes;
  }

  /** The graph with its layers as planned. */
  OnnxModel apply(PrecisionPlan plan) {
    RewrittenGraph out = new RewrittenGraph(layers.model());
    for (NodeProto node : layers.model().nodes()) {
      Optional<Site> site = layers.site(node);
      Precision precision = site.map(found -> plan.of(found.layer().name())).orElse(Precision.FP32);
      if (precision == Precision.FP32) {
        keep(node, out);
      } else {
        schemes.of(site.orElseThrow().layer().use(), precision).write(site.orElseThrow(), out);
      }
    }
    return out.build();
  }

  private void keep(NodeProto node, RewrittenGraph out) {
    if (!halves.keep(node, out)) {
      values.keep(node, out);
    }
  }
}
