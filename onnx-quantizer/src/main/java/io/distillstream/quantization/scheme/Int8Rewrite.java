package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.model.ColumnQuantization;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.scheme.Layer.Use;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One pass over a graph, in which each node is kept or replaced by its 8-bit form. Results keep
 * their names, so the nodes around need no change.
 *
 * <p>The nodes of a product stand in the arrangement that ONNX Runtime fuses into one kernel.
 */
final class Int8Rewrite {
  private static final String ZERO_POINT = "int8/weight_zero_point";

  private final OnnxModel model;
  private final GraphBuilder graph;
  private final Set<String> defined = new HashSet<>();

  Int8Rewrite(OnnxModel model) {
    this.model = model;
    this.graph = GraphBuilder.framedLike(model);
    model
        .initializerNames()
        .forEach(name -> graph.initializer(model.initializer(name).orElseThrow()));
  }

  void keep(NodeProto node) {
    graph.node(node);
  }

  void replace(NodeProto node, Layer layer, ColumnQuantization weights) {
    if (layer.use() == Use.TABLE) {
      replaceLookup(node, layer, weights);
    } else {
      replaceProduct(node, layer, weights);
    }
  }

  /** The rewritten model; fp32 constants that nothing uses any more are left out. */
  OnnxModel build() {
    return graph.withoutUnusedNodes().build(model.metadata());
  }

  private void replaceLookup(NodeProto gather, Layer table, ColumnQuantization rows) {
    String name = table.name() + "/int8";
    if (defined.add(name)) {
      graph.initializer(Tensor.int8(name, rows.values(), table.rows(), table.columns()));
      graph.initializer(Tensor.float32(name + "/scales", rows.scales(), table.columns()));
    }
    String output = gather.getOutput(0);
    graph.node("Gather", List.of(name, gather.getInput(1)), output + "/int8");
    graph.node(
        "Cast",
        List.of(output + "/int8"),
        output + "/unscaled",
        Attribute.castTo(ElementType.FLOAT32));
    graph.node("Mul", List.of(output + "/unscaled", name + "/scales"), output);
  }

  private void replaceProduct(NodeProto node, Layer layer, ColumnQuantization weights) {
    float alpha = node.getOpType().equals("Gemm") ? Attribute.decimalOf(node, "alpha", 1) : 1;
    String name = layer.name() + (layer.use() == Use.PRODUCT ? "/uint8" : "/uint8_transposed");
    String scales = name + "/scales" + (alpha == 1 ? "" : "_" + alpha);
    if (defined.add(name)) {
      graph.initializer(
          Tensor.uint8(name, weights.unsignedValues(), layer.rows(), layer.columns()));
    }
    if (defined.add(scales)) {
      graph.initializer(Tensor.float32(scales, times(weights.scales(), alpha), layer.columns()));
    }
    if (defined.add(ZERO_POINT)) {
      graph.initializer(
          Tensor.uint8(ZERO_POINT, new byte[] {(byte) ColumnQuantization.UNSIGNED_ZERO_POINT}));
    }
    String x = quantizedActivations(node.getInput(0));
    String output = node.getOutput(0);
    boolean biased = node.getInputCount() > 2 && !node.getInput(2).isEmpty();
    String product = biased ? output + "/unbiased" : output;
    graph.node("MatMulInteger", List.of(x, name, x + "/zero_point", ZERO_POINT), output + "/int32");
    graph.node(
        "Cast",
        List.of(output + "/int32"),
        output + "/unscaled",
        Attribute.castTo(ElementType.FLOAT32));
    graph.node("Mul", List.of(x + "/scale", scales), output + "/scales");
    graph.node("Mul", List.of(output + "/unscaled", output + "/scales"), product);
    if (biased) {
      graph.node("Add", List.of(product, node.getInput(2)), output);
    }
  }

  /**
   * Name of the 8-bit activations; quantized where they are first needed, once for all products.
   */
  private String quantizedActivations(String activations) {
    String x = activations + "/uint8";
    if (defined.add(x)) {
      graph.node(
          "DynamicQuantizeLinear",
          List.of(activations),
          List.of(x, x + "/scale", x + "/zero_point"));
    }
    return x;
  }

  private static float[] times(float[] scales, float alpha) {
    float[] scaled = scales.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= alpha;
    }
    return scaled;
  }
}
