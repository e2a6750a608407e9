package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.model.ColumnQuantization;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One rewriting of one graph: its sites, and the schemes that write them. */
final class Pass {
  private final OnnxModel model;
  private final StaticValues values;
  private final HalfValues halves;
  private final Schemes schemes;
  private final Map<String, Site> sites = new LinkedHashMap<>();

  Pass(OnnxModel model, WeightStore weights, ActivationRanges ranges, SchemeOptions options) {
    this.model = model;
    this.values = new StaticValues(ranges, new Consumers(model), weights.constants());
    this.halves = new HalfValues(weights);
    this.schemes = new Schemes(weights, options, values, halves, model.opset());
    Sites found = new Sites(weights.constants());
    List<Site> fitting =
        model.nodes().stream()
            .flatMap(node -> found.of(node).stream())
            .filter(site -> !schemes.fitting(site).isEmpty())
            .toList();
    Map<String, Long> saved = savedBytes(fitting);
    long worthIt =
        options
            .minSavedBytes()
            .orElseGet(
                () ->
                    ColumnQuantization.minSavedBytes(
                        saved.values().stream().mapToLong(Long::longValue)));
    fitting.stream()
        .filter(site -> saved.getOrDefault(site.layer().name(), 0L) >= worthIt)
        .forEach(site -> sites.put(site.output(), site));
  }

  /**
   * What 8 bits save of each constant, the most of its uses: a table that is used transposed as
   * well has other columns there, and must be held or left as one.
   */
  private static Map<String, Long> savedBytes(List<Site> sites) {
    Map<String, Long> byName = new HashMap<>();
    sites.forEach(site -> byName.merge(site.layer().name(), site.layer().savedBytes(), Math::max));
    return byName;
  }

  Schemes schemes() {
    return schemes;
  }

  /** The node as a site, if it uses a layer. */
  Optional<Site> site(NodeProto node) {
    return Optional.ofNullable(sites.get(node.getOutput(0)));
  }

  /** The nodes that use a layer, in the order of the graph. */
  List<Site> sites() {
    return List.copyOf(sites.values());
  }

  /** Names of the values whose ranges a plan in {@link Precision#INT8_STATIC} may ask for. */
  Set<String> watched() {
    return WatchedValues.of(model, sites);
  }

  /** The graph with its layers as planned; serves once. */
  OnnxModel apply(PrecisionPlan plan) {
    Rewrite out = new Rewrite(model);
    for (NodeProto node : model.nodes()) {
      Site site = sites.get(node.getOutput(0));
      Precision precision = site == null ? Precision.FP32 : plan.of(site.layer().name());
      if (site == null || precision == Precision.FP32) {
        keep(node, out);
      } else {
        schemes.of(site.layer().use(), precision).write(site, out);
      }
    }
    return out.build();
  }

  private void keep(NodeProto node, Rewrite out) {
    if (!halves.keep(node, out)) {
      values.keep(node, out);
    }
  }
}
