package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Optional;

/**
 * Folds a constant scaling and shifting of channels into the weights and bias of the layer before
 * it. Products are computed in double and rounded once.
 */
public final class AffineFolding implements GraphPass {
  private final Kind kind;

  /** What stands behind the layer. */
  public enum Kind {
    BATCH_NORMALIZATION("batch normalization into weights"),
    ARITHMETIC("constant scale or shift into weights");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  public AffineFolding(Kind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind.text;
  }

  @Override
  public int apply(WorkingGraph graph) {
    int folded = 0;
    for (NodeProto listed : graph.nodes()) {
      Optional<LinearLayer> layer =
          graph.current(listed).flatMap(node -> LinearLayer.of(graph, node));
      if (layer.isPresent() && foldNext(graph, layer.get())) {
        folded++;
      }
    }
    return folded;
  }

  private boolean foldNext(WorkingGraph graph, LinearLayer layer) {
    if (!graph.isUsedExactly(layer.output(), 1)) {
      return false;
    }
    NodeProto next = graph.consumers(layer.output()).get(0);
    Optional<ChannelAffine> affine =
        affine(graph, next, layer)
            .filter(found -> found.input().equals(layer.output()))
            .filter(found -> found.scale().length == layer.channels())
            .filter(ChannelAffine::isFinite);
    affine.ifPresent(found -> layer.foldInto(graph, found, next));
    return affine.isPresent();
  }

  private Optional<ChannelAffine> affine(WorkingGraph graph, NodeProto next, LinearLayer layer) {
    return switch (kind) {
      case BATCH_NORMALIZATION -> ChannelAffine.ofBatchNormalization(graph, next);
      case ARITHMETIC ->
          Nodes.isDefaultDomain(next) && next.getInputCount() == 2
              ? ChannelAffine.ofArithmetic(graph, next, layer)
              : Optional.empty();
    };
  }
}
