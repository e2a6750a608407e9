package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Recognises one operator of newer ONNX versions where it is written out in several nodes. */
public interface Fusion extends GraphPass {

  /** The first version of the default operator set that has the operator. */
  long minOpset();

  /** What is found, with this node as the last of the pattern. Changes nothing. */
  Optional<Match> match(WorkingGraph graph, NodeProto last);

  /**
   * One occurrence.
   *
   * @param last node of the pattern
   * @param parts all nodes of the pattern, the last one included
   * @param fused makes the node that stands for it, with the last node's result, and adds the
   *     constants that it needs
   */
  record Match(NodeProto last, Set<NodeProto> parts, Function<WorkingGraph, NodeProto> fused) {
    public Match {
      parts = Set.copyOf(parts);
    }

    /** Whether nothing outside needs what the pattern computes on its way. */
    boolean isClosed(WorkingGraph graph) {
      return parts.stream()
          .filter(part -> !part.equals(last))
          .map(part -> part.getOutput(0))
          .allMatch(value -> !graph.isPinned(value) && parts.containsAll(graph.consumers(value)));
    }
  }

  /** Occurrences that could be fused if the operator set allows. */
  default int count(WorkingGraph graph) {
    return Math.toIntExact(
        graph.nodes().stream().filter(node -> closedMatch(graph, node).isPresent()).count());
  }

  @Override
  default int apply(WorkingGraph graph) {
    if (graph.opset() < minOpset()) {
      return 0;
    }
    int fused = 0;
    for (NodeProto node : graph.nodes()) {
      Optional<Match> match = closedMatch(graph, node);
      if (match.isPresent()) {
        graph.replace(node, match.get().fused().apply(graph));
        fused++;
      }
    }
    return fused;
  }

  private Optional<Match> closedMatch(WorkingGraph graph, NodeProto last) {
    return match(graph, last).filter(found -> found.isClosed(graph));
  }
}
