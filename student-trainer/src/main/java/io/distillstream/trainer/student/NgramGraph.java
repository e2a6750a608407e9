package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.castTo;
import static io.distillstream.onnx.Attribute.integer;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import java.util.List;
import java.util.Map;

/** A {@link NgramSpec} as an ONNX graph, hash included. */
final class NgramGraph {
  private static final Dimension BATCH = Dimension.of("batch");
  private static final Dimension TOKENS = Dimension.of("tokens");

  private final NgramSpec spec;
  private final GraphBuilder graph = GraphBuilder.named("student");
  private final GraphLayers layers;

  NgramGraph(NgramSpec spec, StudentWeights weights) {
    this.spec = spec;
    this.layers = new GraphLayers(graph, weights);
  }

  OnnxModel build(Map<String, String> metadata) {
    graph.input("input_ids", ElementType.INT64, BATCH, TOKENS);
    graph.input("attention_mask", ElementType.INT64, BATCH, TOKENS);
    graph.output("logits", ElementType.FLOAT32, BATCH, Dimension.of(spec.classes()));
    // [batch, tokens - 1]
    String pairs = pairEntries(allButLast("input_ids"), allButFirst("input_ids"));
    String entries = joined("entries", "input_ids", pairs);
    String mask = joined("ngram_mask", "attention_mask", allButFirst("attention_mask"));
    graph.node("Cast", List.of(mask), "weights", castTo(ElementType.FLOAT32));
    String vectors = layers.lookup(spec.tableRows(), entries, "vectors");
    String row = layers.node("Unsqueeze", "weights_row", "weights", layers.axis(1));
    String total = layers.node("MatMul", "total", row, vectors); // [batch, 1, width]
    String count = layers.sum(row, layers.axis(2), "count", 1); // [batch, 1, 1]
    String mean = layers.node("Div", "mean", total, count);
    String hidden = layers.node("Squeeze", "hidden", mean, layers.axis(1));
    layers.linear(StudentSpec.CLASSIFIER, layers.norm("norm", hidden), "logits");
    return graph.build(metadata);
  }

  /** {@link NgramSpec#pair} of all pairs. */
  private String pairEntries(String left, String right) {
    String first =
        layers.node(
            "Mul", "left_mixed", left, layers.number("factor_left", NgramSpec.FIRST_FACTOR));
    String second =
        layers.node(
            "Mul", "right_mixed", right, layers.number("factor_right", NgramSpec.SECOND_FACTOR));
    String mixed = layers.node("Add", "mixed", first, second);
    String hash = layers.node("Mod", "hash", mixed, layers.number("prime", NgramSpec.PRIME));
    String bucket = layers.node("Mod", "bucket", hash, layers.number("buckets", spec.buckets()));
    return layers.node(
        "Add", "pair_entries", bucket, layers.number("first_bucket", spec.vocabularySize()));
  }

  private String allButLast(String x) {
    return slice(x, x + "_left", 0, -1);
  }

  private String allButFirst(String x) {
    return slice(x, x + "_right", 1, Long.MAX_VALUE);
  }

  private String slice(String x, String output, long from, long to) {
    return layers.node(
        "Slice",
        output,
        x,
        layers.vector("from_" + from, from),
        layers.vector("to_" + (to < 0 ? "last" : "end"), to),
        layers.axis(1));
  }

  private String joined(String output, String words, String pairs) {
    return graph.node("Concat", List.of(words, pairs), output, integer("axis", 1));
  }
}
