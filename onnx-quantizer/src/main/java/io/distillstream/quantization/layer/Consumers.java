package io.distillstream.quantization.layer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.BodyUses;
import io.distillstream.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who uses the values of a graph. Bodies of control flow count as users of all they name. */
public final class Consumers {
  private final Map<String, List<NodeProto>> nodes = new HashMap<>();
  private final Set<String> elsewhere = new HashSet<>();

  public Consumers(OnnxModel model) {
    for (NodeProto node : model.nodes()) {
      node.getInputList()
          .forEach(input -> nodes.computeIfAbsent(input, i -> new ArrayList<>()).add(node));
      elsewhere.addAll(BodyUses.of(node));
    }
    model.proto().getGraph().getOutputList().forEach(output -> elsewhere.add(output.getName()));
  }

  /** The one node that uses the value, if nothing else does. */
  public Optional<NodeProto> only(String value) {
    List<NodeProto> users = nodes.getOrDefault(value, List.of());
    return users.size() == 1 && !elsewhere.contains(value)
        ? Optional.of(users.get(0))
        : Optional.empty();
  }

  /** The Relu that alone uses the value. */
  public Optional<NodeProto> rectifier(String value) {
    return only(value).filter(node -> node.getOpType().equals("Relu"));
  }

  /** How many inputs of nodes it is; none if something else uses it too. */
  public int count(String value) {
    return elsewhere.contains(value) ? 0 : nodes.getOrDefault(value, List.of()).size();
  }
}
