package io.distillstream.quantization.layer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;

/**
 * A node that uses a layer.
 *
 * @param node that uses it
 * @param layer the constant it uses
 */
public record Site(NodeProto node, Layer layer) {

  /** Name of an input, empty if it is left out. */
  public String input(int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  public boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  /** The activations that the layer's constant works on; of a table, the indices. */
  public String activations() {
    return layer.use() == Layer.Use.TABLE ? input(1) : input(0);
  }

  public String output() {
    return node.getOutput(0);
  }

  public boolean is(String op) {
    return node.getOpType().equals(op);
  }

  /** What a Gemm multiplies its product by. */
  public float alpha() {
    return is("Gemm") ? Attribute.decimalOf(node, "alpha", 1) : 1;
  }

  /** The node with another value as an input. */
  public Site withInput(int index, String value) {
    return new Site(node.toBuilder().setInput(index, value).build(), layer);
  }
}
