package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.BodyUses;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ConstantEvaluator;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes once what depends on constants only. ONNX Runtime does the computing, so the results are
 * those that it would find each time.
 *
 * <p>Left alone are nodes that answer something else each time, DequantizeLinear, whose purpose is
 * to keep weights small, and whatever would make the file larger by more than a limit.
 */
public final class ConstantFolding implements GraphPass {
  /** How large their results are depends on the values of their inputs, not on the shapes. */
  private static final Set<String> SIZED_BY_VALUES =
      Set.of(
          "ConstantOfShape",
          "Expand",
          "EyeLike",
          "OneHot",
          "Pad",
          "Range",
          "Resize",
          "Tile",
          "Upsample");

  /** Nothing larger is computed, even where only a small part of it would be kept. */
  private static final long MAX_INTERMEDIATE_BYTES = 1L << 28;

  private final long maxGrowthBytes;

  /**
   * Folds within a limit.
   *
   * @param maxGrowthBytes by how much the results that share constants may be larger than what the
   *     file no longer needs
   */
  public ConstantFolding(long maxGrowthBytes) {
    this.maxGrowthBytes = maxGrowthBytes;
  }

  @Override
  public String name() {
    return "constant folding";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int folded = inlineConstants(graph);
    Map<String, NodeProto> foldable = foldable(graph);
    List<String> wanted =
        foldable.keySet().stream()
            .filter(value -> isWantedOutside(graph, foldable, value))
            .toList();
    if (wanted.isEmpty()) {
      return folded;
    }
    Map<String, Tensor> results =
        ConstantEvaluator.evaluate(graph.constantPart(ancestors(foldable, wanted), wanted));
    List<Tensor> accepted =
        FoldingBudget.of(graph, foldable, maxGrowthBytes).accepted(results.values());
    for (Tensor result : accepted) {
      graph.replaceByConstant(graph.producer(result.name()).orElseThrow(), result);
    }
    return folded + accepted.size();
  }

  private static int inlineConstants(WorkingGraph graph) {
    int inlined = 0;
    for (NodeProto node : graph.nodes()) {
      if (Nodes.is(node, "Constant") && !graph.isOutput(node.getOutput(0))) {
        Optional<Tensor> value = Attribute.tensorOf(node, "value");
        if (value.isPresent()) {
          graph.replaceByConstant(node, value.get());
          inlined++;
        }
      }
    }
    return inlined;
  }

  /** Nodes that depend on constants only and can be computed now, by their result. */
  private static Map<String, NodeProto> foldable(WorkingGraph graph) {
    Map<String, NodeProto> foldable = new LinkedHashMap<>();
    for (NodeProto node : graph.nodes()) {
      boolean constant =
          node.getInputList().stream()
              .allMatch(
                  input ->
                      input.isEmpty()
                          || graph.constant(input).isPresent()
                          || foldable.containsKey(input));
      if (constant
          && isDeterministic(node)
          && !graph.isOutput(node.getOutput(0))
          && isSmall(graph, node)) {
        foldable.put(node.getOutput(0), node);
      }
    }
    return foldable;
  }

  private static boolean isDeterministic(NodeProto node) {
    return Nodes.isDefaultDomain(node)
        && node.getOutputCount() == 1
        && !Nodes.isRandom(node.getOpType())
        // Its integers are the smaller form of the constant.
        && !node.getOpType().equals("DequantizeLinear")
        && BodyUses.bodies(node).isEmpty();
  }

  private static boolean isSmall(WorkingGraph graph, NodeProto node) {
    return graph
        .type(node.getOutput(0))
        .flatMap(
            type -> type.elements().map(n -> n <= MAX_INTERMEDIATE_BYTES / type.element().bytes()))
        .orElse(!SIZED_BY_VALUES.contains(node.getOpType()));
  }

  private static boolean isWantedOutside(
      WorkingGraph graph, Map<String, NodeProto> foldable, String value) {
    return graph.isPinned(value)
        || graph.consumers(value).stream()
            .anyMatch(consumer -> !foldable.containsKey(consumer.getOutput(0)));
  }

  private static List<NodeProto> ancestors(Map<String, NodeProto> foldable, List<String> wanted) {
    Set<String> needed = new HashSet<>(wanted);
    List<NodeProto> nodes = new ArrayList<>(foldable.values());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (needed.contains(nodes.get(i).getOutput(0))) {
        needed.addAll(nodes.get(i).getInputList());
      } else {
        nodes.remove(i);
      }
    }
    return nodes;
  }
}
