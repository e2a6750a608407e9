package io.distillstream.quantization.calibrate;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns tensors inside of a graph into its outputs. */
final class Taps {
  private Taps() {}

  /**
   * The tensors without repetition, in the order in which the graph computes them.
   *
   * @throws InvalidModelException if one is neither an input of the graph nor computed by its nodes
   */
  static List<String> ordered(OnnxModel model, Collection<String> tensors) {
    Set<String> values = inputs(model);
    model.nodes().stream().map(NodeProto::getOutputList).forEach(values::addAll);
    values.remove("");
    for (String tensor : tensors) {
      if (!values.contains(tensor)) {
        throw new InvalidModelException(
            model.initializer(tensor).isPresent()
                ? "%s is a constant, not an activation".formatted(tensor)
                : "%s is neither an input of the graph nor computed by its nodes"
                    .formatted(tensor));
      }
    }
    values.retainAll(new LinkedHashSet<>(tensors));
    return List.copyOf(values);
  }

  /** Names of the graph's inputs. */
  static Set<String> inputs(OnnxModel model) {
    Set<String> inputs = new LinkedHashSet<>();
    model.inputs().stream().map(Port::name).forEach(inputs::add);
    return inputs;
  }

  /**
   * The model with these outputs only, and without what they do not need. ONNX Runtime finds out
   * their types by itself.
   *
   * @param tensors that nodes compute
   */
  static OnnxModel tapped(OnnxModel model, List<String> tensors) {
    GraphProto.Builder outputs = model.proto().getGraph().toBuilder().clearOutput();
    tensors.forEach(tensor -> outputs.addOutput(ValueInfoProto.newBuilder().setName(tensor)));
    OnnxModel frame = OnnxModel.of(model.proto().toBuilder().setGraph(outputs).build());
    GraphBuilder graph = GraphBuilder.framedLike(frame);
    model
        .initializerNames()
        .forEach(name -> graph.initializer(model.initializer(name).orElseThrow()));
    model.nodes().forEach(graph::node);
    return graph.withoutUnusedNodes().build(Map.of());
  }
}
