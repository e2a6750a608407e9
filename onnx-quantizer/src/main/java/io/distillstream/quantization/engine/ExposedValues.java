package io.distillstream.quantization.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.OnnxModel;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Makes what happens inside a graph visible from outside. */
public final class ExposedValues {
  private ExposedValues() {}

  /**
   * The same model with every result of a node among its outputs, after the original ones in the
   * order in which they are computed. ONNX Runtime finds their types by itself. Results inside the
   * bodies of control flow stay hidden.
   */
  public static OnnxModel all(OnnxModel model) {
    return of(model, value -> true);
  }

  /** The same for some of the results only. */
  public static OnnxModel of(OnnxModel model, Predicate<String> wanted) {
    GraphProto.Builder graph = model.proto().getGraph().toBuilder();
    Set<String> outputs = new HashSet<>();
    graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    for (NodeProto node : model.nodes()) {
      for (String value : node.getOutputList()) {
        if (!value.isEmpty() && wanted.test(value) && outputs.add(value)) {
          graph.addOutput(ValueInfoProto.newBuilder().setName(value));
        }
      }
    }
    return OnnxModel.of(model.proto().toBuilder().setGraph(graph).build());
  }
}
