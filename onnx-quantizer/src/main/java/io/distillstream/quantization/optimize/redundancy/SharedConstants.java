package io.distillstream.quantization.optimize.redundancy;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.HashMap;
import java.util.Map;

/** Keeps one of several constants that are equal in type, shape and every value. */
public final class SharedConstants implements GraphPass {
  @Override
  public String name() {
    return "shared constants";
  }

  @Override
  public int apply(WorkingGraph graph) {
    Map<TensorProto, String> kept = new HashMap<>();
    int shared = 0;
    for (String name : graph.constantNames()) {
      TensorProto content = content(graph.constant(name).orElseThrow());
      String first = kept.putIfAbsent(content, name);
      if (first != null && graph.uses(name) > 0) {
        graph.redirect(name, first);
        shared++;
      }
    }
    return shared;
  }

  /** The tensor without what does not matter; protobuf compares bytes of raw data. */
  private static TensorProto content(Tensor tensor) {
    return tensor.proto().toBuilder().clearName().clearDocString().build();
  }
}
