package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;

/**
 * A node that uses a layer.
 *
 * @param node that uses it
 * @param layer the constant it uses
 */
record Site(NodeProto node, Layer layer) {

  String input(int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  /** The activations that the layer's constant works on. */
  String activations() {
    return layer.use() == Layer.Use.TABLE ? input(1) : input(0);
  }

  String output() {
    return node.getOutput(0);
  }

  boolean is(String op) {
    return node.getOpType().equals(op);
  }
}
