package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.castTo;
import static io.distillstream.onnx.Attribute.integer;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;

/** A {@link TransformerSpec} as an ONNX graph. */
final class TransformerGraph {
  private static final Dimension BATCH = Dimension.of("batch");
  private static final Dimension TOKENS = Dimension.of("tokens");

  private final TransformerSpec spec;
  private final GraphBuilder graph = GraphBuilder.named("student");
  private final GraphLayers layers;

  TransformerGraph(TransformerSpec spec, StudentWeights weights) {
    this.spec = spec;
    this.layers = new GraphLayers(graph, weights);
  }

  OnnxModel build(Map<String, String> metadata) {
    graph.input("input_ids", ElementType.INT64, BATCH, TOKENS);
    graph.input("attention_mask", ElementType.INT64, BATCH, TOKENS);
    graph.output("logits", ElementType.FLOAT32, BATCH, Dimension.of(spec.classes()));
    String x = layers.lookup(spec.tableRows(), "input_ids", "embedded");
    if (spec.positions()) {
      x = layers.node("Add", "positioned", x, positions());
    }
    graph.node("Cast", List.of("attention_mask"), "mask", castTo(ElementType.FLOAT32));
    // [batch, 1, tokens, 1]
    layers.node("Unsqueeze", "mask_keys", "mask", layers.vector("axes_1_3", 1, 3));
    for (int block = 0; block < spec.blocks().size(); block++) {
      String name = "block" + block;
      String attended = attention(name + ".attention", x, spec.blocks().get(block).heads());
      x = layers.node("Add", name + "_attended", x, attended);
      x = layers.node("Add", name + "_out", x, layers.feedForward(name + ".feedforward", x));
    }
    layers.linear(StudentSpec.CLASSIFIER, pooled(layers.norm("norm", x)), "logits");
    return graph.build(metadata);
  }

  /** The first {@code tokens} position vectors, {@code [tokens, width]}. */
  private String positions() {
    graph.node("Shape", List.of("input_ids"), "length", integer("start", 1), integer("end", 2));
    String table = layers.parameter(TransformerSpec.POSITION);
    return layers.node("Slice", "positions", table, layers.axis(0), "length", layers.axis(0));
  }

  private String attention(String name, String x, int heads) {
    String input = layers.linear(name + ".input", layers.norm(name + ".norm", x), name + "_input");
    List<String> parts = List.of(name + "_q", name + "_k", name + "_v");
    graph.node("Split", List.of(input), parts, integer("axis", 2), integer("num_outputs", 3));
    // [batch, heads, tokens, headWidth]
    String query = layers.feature(heads(parts.get(0), heads));
    String key =
        layers.node("Mul", name + "_key", layers.feature(heads(parts.get(1), heads)), "mask_keys");
    String value = heads(parts.get(2), heads);
    String keyColumns = layers.transpose(key, name + "_key_columns", 0, 1, 3, 2);
    String memory = layers.node("MatMul", name + "_memory", keyColumns, value);
    // [batch, heads, 1, headWidth]
    String total = layers.sum(key, layers.axis(2), name + "_key_sum", 1);
    String weighed = layers.node("Mul", name + "_weighed", query, total);
    String normalizer =
        layers.node(
            "Add",
            name + "_normalizer",
            layers.sum(weighed, layers.axis(3), name + "_weight", 1),
            layers.constant(Tensor.scalar("attention_epsilon", TransformerSpec.ATTENTION_EPSILON)));
    String read = layers.node("MatMul", name + "_read", query, memory);
    String mixed = layers.node("Div", name + "_mixed", read, normalizer);
    String rows = layers.transpose(mixed, name + "_rows", 0, 2, 1, 3);
    // 0 copies the extent of the input.
    long inner = (long) heads * spec.headWidth();
    String joined =
        layers.node(
            "Reshape", name + "_joined", rows, layers.vector("shape_joined_" + inner, 0, 0, inner));
    return layers.linear(name + ".output", joined, name + "_output");
  }

  private String heads(String part, int heads) {
    String shape = layers.vector("shape_heads_" + heads, 0, 0, heads, spec.headWidth());
    String split = layers.node("Reshape", part + "_split", part, shape);
    return layers.transpose(split, part + "_heads", 0, 2, 1, 3);
  }

  /** Mean over the unmasked tokens, {@code [batch, width]}. */
  private String pooled(String x) {
    String mask = layers.node("Unsqueeze", "mask_tokens", "mask", layers.axis(2));
    String total = layers.sum(layers.node("Mul", "kept", x, mask), layers.axis(1), "total", 0);
    return layers.node("Div", "pooled", total, layers.sum("mask", layers.axis(1), "count", 1));
  }
}
