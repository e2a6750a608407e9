package io.distillstream.quantization.optimize.opset;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.BodyUses;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.ValueTypes;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites a graph for a newer version of ONNX's default operator set. Only the steps listed in
 * {@link OpsetSteps} change what a node means or how it is written; every other operator reads the
 * same in both versions.
 */
public final class OpsetUpgrade {
  /** Oldest version that can be upgraded: the first whose broadcasting is today's. */
  static final long OLDEST = 7;

  /** Oldest version that quantization works on. */
  static final long SUPPORTED = 11;

  /** Newest version that can be upgraded to. */
  public static final long NEWEST = 20;

  private OpsetUpgrade() {}

  /**
   * A model of operator set 11 at least: the same one, or if it is older an upgraded one.
   *
   * @throws InvalidModelException if the model is older than 7, or has a node that cannot be
   *     written for operator set 11
   */
  public static OnnxModel toSupported(OnnxModel model) {
    if (model.opset() >= SUPPORTED) {
      return model;
    }
    if (model.opset() < OLDEST) {
      throw new InvalidModelException(
          "The model uses operator set %d; accepted are %d and newer, and %d to %d where every operator can be upgraded. Export it again with a newer operator set"
              .formatted(model.opset(), SUPPORTED, OLDEST, SUPPORTED - 1));
    }
    WorkingGraph graph = new WorkingGraph(model);
    graph.types(ValueTypes.of(model));
    raise(graph, SUPPORTED)
        .ifPresent(
            obstacle -> {
              throw new InvalidModelException(
                  "The model uses operator set %d and cannot be upgraded to %d: %s. Export it again with operator set %d or newer"
                      .formatted(model.opset(), SUPPORTED, obstacle, SUPPORTED));
            });
    return graph.toModel();
  }

  /**
   * Rewrites all nodes, or none.
   *
   * @return what stands in the way, if something does
   */
  public static Optional<String> raise(WorkingGraph graph, long version) {
    Map<NodeProto, NodeProto> rewritten = new LinkedHashMap<>();
    for (NodeProto node : graph.nodes()) {
      Optional<NodeProto> inside = changedInBody(node, graph.opset(), version);
      if (inside.isPresent()) {
        return Optional.of(
            "%s inside a body of node %s means something else there"
                .formatted(inside.get().getOpType(), Nodes.describe(node)));
      }
      NodeProto current = node;
      for (OpsetSteps.Step step : OpsetSteps.of(node, graph.opset(), version)) {
        Optional<NodeProto> next = step.rewrite().apply(graph, current);
        if (next.isEmpty()) {
          return Optional.of(
              "node %s cannot be written for operator set %d"
                  .formatted(Nodes.describe(node), step.version()));
        }
        current = next.get();
      }
      if (!current.equals(node)) {
        rewritten.put(node, current);
      }
    }
    rewritten.forEach(graph::replace);
    graph.opset(version);
    return Optional.empty();
  }

  /** Bodies are not rewritten, so nothing in them may change. */
  private static Optional<NodeProto> changedInBody(NodeProto node, long from, long to) {
    for (GraphProto body : BodyUses.bodies(node)) {
      for (NodeProto inner : body.getNodeList()) {
        if (!OpsetSteps.of(inner, from, to).isEmpty()) {
          return Optional.of(inner);
        }
        Optional<NodeProto> deeper = changedInBody(inner, from, to);
        if (deeper.isPresent()) {
          return deeper;
        }
      }
    }
    return Optional.empty();
  }
}
