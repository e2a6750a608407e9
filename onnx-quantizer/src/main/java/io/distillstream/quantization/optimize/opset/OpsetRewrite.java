package io.distillstream.quantization.optimize.opset;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Optional;

/** One way to write a node for the next version of its operator. */
@FunctionalInterface
interface OpsetRewrite {
  /** The node as it is written then; empty if that is not possible. */
  Optional<NodeProto> apply(WorkingGraph graph, NodeProto node);
}
