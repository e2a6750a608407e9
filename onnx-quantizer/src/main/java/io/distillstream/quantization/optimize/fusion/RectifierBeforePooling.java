package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.List;
import java.util.Optional;

/**
 * Puts the Relu that follows the MaxPool of a convolution before it, where engines make it part of
 * the convolution: both orders give the same, since the largest of rectified values is the
 * rectified largest.
 *
 * <p>That needs a value in every window, so poolings stay whose windows may hold nothing but
 * padding: those with dilations, and those that round their number up.
 */
public final class RectifierBeforePooling implements GraphPass {
  @Override
  public String name() {
    return "Relu before MaxPool";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int moved = 0;
    for (NodeProto relu : graph.nodes()) {
      if (Nodes.is(relu, "Relu")) {
        Optional<NodeProto> pool = pooling(graph, relu.getInput(0));
        if (pool.isPresent()) {
          swap(graph, pool.get(), relu);
          moved++;
        }
      }
    }
    return moved;
  }

  private static Optional<NodeProto> pooling(WorkingGraph graph, String value) {
    return Nodes.producer(graph, value, "MaxPool")
        .filter(pool -> pool.getOutputCount() == 1)
        .filter(pool -> graph.isUsedExactly(value, 1))
        .filter(pool -> Attribute.integerOf(pool, "ceil_mode", 0) == 0)
        .filter(
            pool -> Attribute.integersOf(pool, "dilations").stream().allMatch(step -> step == 1))
        .filter(pool -> graph.isUsedExactly(pool.getInput(0), 1))
        .filter(pool -> Nodes.producer(graph, pool.getInput(0), "Conv").isPresent());
  }

  private static void swap(WorkingGraph graph, NodeProto pool, NodeProto relu) {
    String pooled = pool.getOutput(0);
    graph.replace(pool, Nodes.node("Relu", List.of(pool.getInput(0)), pool));
    graph.replace(
        relu,
        relu.toBuilder().setOpType("MaxPool").addAllAttribute(pool.getAttributeList()).build());
    // It has another shape than the pooled value had.
    graph.rename(pooled, graph.newName(pool.getInput(0) + "/rectified"));
  }
}
