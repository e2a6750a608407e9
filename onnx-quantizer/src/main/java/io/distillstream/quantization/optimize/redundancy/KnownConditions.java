package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the branch that is always taken in the place of an If whose condition is a constant, so that
 * its layers are found. ONNX Runtime would do the same when it loads the model, but fails where the
 * condition is an initializer and the branch holds large constants.
 */
public final class KnownConditions implements GraphPass {
  @Override
  public String name() {
    return "branch of a constant condition";
  }

  @Override
  public int apply(WorkingGraph graph) {
    int replaced = 0;
    for (NodeProto listed : graph.nodes()) {
      Optional<NodeProto> node = graph.current(listed).filter(found -> Nodes.is(found, "If"));
      Optional<GraphProto> taken = node.flatMap(found -> taken(graph, found));
      if (taken.isPresent()) {
        graph.replace(node.orElseThrow(), Branch.of(graph, taken.get(), node.orElseThrow()));
        replaced++;
      }
    }
    return replaced;
  }

  private static Optional<GraphProto> taken(WorkingGraph graph, NodeProto node) {
    return graph
        .constant(node.getInput(0))
        .filter(condition -> condition.type() == ElementType.BOOL && condition.elements() == 1)
        .map(condition -> condition.longs()[0] == 0 ? "else_branch" : "then_branch")
        .flatMap(
            name ->
                node.getAttributeList().stream()
                    .filter(attribute -> attribute.getName().equals(name))
                    .map(AttributeProto::getG)
                    .findFirst());
  }

  /** A branch while it becomes part of the graph around it. What it defines gets new names. */
  private static final class Branch {
    private final Map<String, String> names = new HashMap<>();

    /** The nodes that give what the If gave. Constants go to the graph at once. */
    static List<NodeProto> of(WorkingGraph graph, GraphProto body, NodeProto node) {
      Branch branch = new Branch();
      for (TensorProto tensor : body.getInitializerList()) {
        branch.names.put(tensor.getName(), graph.addConstant(tensor.getName(), new Tensor(tensor)));
      }
      List<NodeProto> nodes = new ArrayList<>();
      for (NodeProto inner : body.getNodeList()) {
        for (String output : inner.getOutputList()) {
          if (!output.isEmpty()) {
            branch.names.put(output, graph.newName(output));
          }
        }
        nodes.add(branch.renamed(inner));
      }
      for (int i = 0; i < node.getOutputCount(); i++) {
        if (!node.getOutput(i).isEmpty()) {
          nodes.add(
              NodeProto.newBuilder()
                  .setOpType("Identity")
                  .addInput(branch.renamed(body.getOutput(i).getName()))
                  .addOutput(node.getOutput(i))
                  .build());
        }
      }
      return nodes;
    }

    private String renamed(String value) {
      return names.getOrDefault(value, value);
    }

    /** The bodies within may use the branch's values, too. */
    private NodeProto renamed(NodeProto node) {
      NodeProto.Builder changed = node.toBuilder().clearInput().clearOutput();
      node.getInputList().stream().map(this::renamed).forEach(changed::addInput);
      node.getOutputList().stream().map(this::renamed).forEach(changed::addOutput);
      for (AttributeProto.Builder attribute : changed.getAttributeBuilderList()) {
        if (attribute.hasG()) {
          attribute.setG(renamed(attribute.getG()));
        }
        for (int i = 0; i < attribute.getGraphsCount(); i++) {
          attribute.setGraphs(i, renamed(attribute.getGraphs(i)));
        }
      }
      return changed.build();
    }

    private GraphProto renamed(GraphProto body) {
      GraphProto.Builder changed = body.toBuilder();
      for (NodeProto.Builder node : changed.getNodeBuilderList()) {
        NodeProto renamed = renamed(node.build());
        node.clear().mergeFrom(renamed);
      }
      for (ValueInfoProto.Builder output : changed.getOutputBuilderList()) {
        output.setName(renamed(output.getName()));
      }
      return changed.build();
    }
  }
}
