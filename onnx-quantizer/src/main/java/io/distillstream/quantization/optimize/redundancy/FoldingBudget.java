package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which folded results may go into the file. Results that come from the same large
 * constants are judged together: folding all of them frees those constants, folding some of them
 * does not.
 */
final class FoldingBudget {
  /** Smaller constants free nothing worth counting, and many results share them. */
  private static final long COUNTED_BYTES = 1024;

  private final WorkingGraph graph;
  private final Map<String, NodeProto> foldable;
  private final long maxGrowthBytes;
  private final Map<String, Set<String>> sources = new HashMap<>();

  private FoldingBudget(WorkingGraph graph, Map<String, NodeProto> foldable, long maxGrowthBytes) {
    this.graph = graph;
    this.foldable = foldable;
    this.maxGrowthBytes = maxGrowthBytes;
  }

  static FoldingBudget of(
      WorkingGraph graph, Map<String, NodeProto> foldable, long maxGrowthBytes) {
    return new FoldingBudget(graph, foldable, maxGrowthBytes);
  }

  /** The results to keep. */
  List<Tensor> accepted(Collection<Tensor> results) {
    List<Tensor> accepted = new ArrayList<>();
    for (List<Tensor> group : groups(results)) {
      long added = group.stream().mapToLong(FoldingBudget::bytes).sum();
      boolean together = added - freedBy(group) <= maxGrowthBytes;
      group.stream()
          .filter(result -> together || bytes(result) <= maxGrowthBytes)
          .forEach(accepted::add);
    }
    return accepted;
  }

  /** Results that share a large constant, directly or through others, come into one group. */
  private List<List<Tensor>> groups(Collection<Tensor> results) {
    List<List<Tensor>> groups = new ArrayList<>();
    List<Set<String>> shared = new ArrayList<>();
    for (Tensor result : results) {
      List<Tensor> group = new ArrayList<>(List.of(result));
      Set<String> from = new HashSet<>(sources(result.name()));
      for (int i = groups.size() - 1; i >= 0; i--) {
        if (shared.get(i).stream().anyMatch(from::contains)) {
          group.addAll(0, groups.remove(i));
          from.addAll(shared.remove(i));
        }
      }
      groups.add(group);
      shared.add(from);
    }
    return groups;
  }

  /** Bytes of the constants that nothing needs any more once the whole group is folded. */
  private long freedBy(List<Tensor> group) {
    Set<String> from = new HashSet<>();
    group.forEach(result -> from.addAll(sources(result.name())));
    return from.stream()
        .filter(constant -> !graph.isPinned(constant) && isUsedByFoldableOnly(constant))
        .mapToLong(constant -> bytes(graph.constant(constant).orElseThrow()))
        .sum();
  }

  private boolean isUsedByFoldableOnly(String value) {
    return graph.consumers(value).stream()
        .allMatch(consumer -> foldable.containsKey(consumer.getOutput(0)));
  }

  /** The large constants that a result is computed from. */
  private Set<String> sources(String value) {
    Set<String> known = sources.get(value);
    if (known != null) {
      return known;
    }
    Set<String> found = new HashSet<>();
    NodeProto node = foldable.get(value);
    if (node != null) {
      node.getInputList().forEach(input -> found.addAll(sources(input)));
    } else if (graph.constant(value).filter(t -> bytes(t) >= COUNTED_BYTES).isPresent()) {
      found.add(value);
    }
    sources.put(value, found);
    return found;
  }

  private static long bytes(Tensor tensor) {
    return tensor.proto().getSerializedSize();
  }
}
