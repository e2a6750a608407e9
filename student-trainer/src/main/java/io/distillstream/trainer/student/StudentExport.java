package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.decimal;
import static io.distillstream.onnx.Attribute.integer;
import static io.distillstream.onnx.Attribute.integers;
import static io.distillstream.onnx.Attribute.text;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a student as an ONNX text classifier in fp32.
 *
 * <p>Inputs {@code input_ids} and {@code attention_mask}, int64 {@code [batch, tokens]}; output
 * {@code logits}, fp32 {@code [batch, classes]}. Weights stay plain {@code [in, out]} constants
 * that feed a MatMul and the word table one that feeds a Gather, under their parameter names, so
 * that a quantizer finds them.
 */
public final class StudentExport {
  private static final Dimension BATCH = Dimension.of("batch");
  private static final Dimension TOKENS = Dimension.of("tokens");

  private final StudentSpec spec;
  private final StudentWeights weights;
  private final GraphBuilder graph = GraphBuilder.named("student");

  private StudentExport(StudentWeights weights) {
    this.spec = weights.spec();
    this.weights = weights;
  }

  /**
   * The model file.
   *
   * @throws IllegalArgumentException if the metadata describe another label space, vocabulary or
   *     length than the student's
   */
  public static OnnxModel export(StudentWeights weights, ModelMetadata metadata) {
    StudentSpec spec = weights.spec();
    require("classes", spec.classes(), metadata.labels().size());
    require("word pieces", spec.vocabularySize(), metadata.tokenizer().vocabulary().size());
    require("tokens at most", spec.maxTokens(), metadata.maxTokens());
    return new StudentExport(weights).build(metadata);
  }

  private static void require(String what, int student, int described) {
    if (student != described) {
      throw new IllegalArgumentException(
          "the student has %d %s, its metadata say %d".formatted(student, what, described));
    }
  }

  private OnnxModel build(ModelMetadata metadata) {
    graph.input("input_ids", ElementType.INT64, BATCH, TOKENS);
    graph.input("attention_mask", ElementType.INT64, BATCH, TOKENS);
    graph.output("logits", ElementType.FLOAT32, BATCH, Dimension.of(spec.classes()));
    constants();
    String x = node("Gather", "embedded", parameter(StudentSpec.EMBEDDING), "input_ids");
    if (spec.positions()) {
      x = node("Add", "positioned", x, positions());
    }
    graph.node("Cast", List.of("attention_mask"), "mask", Attribute.castTo(ElementType.FLOAT32));
    node("Unsqueeze", "mask_keys", "mask", "axes_1_3"); // [batch, 1, tokens, 1]
    for (int block = 0; block < spec.blocks(); block++) {
      String name = "block" + block;
      x = node("Add", name + "_attended", x, attention(name + ".attention", x));
      x = node("Add", name + "_out", x, feedForward(name + ".feedforward", x));
    }
    linear("classifier", pooled(norm("norm", x)), "logits");
    return graph.build(metadata.toMap());
  }

  /** Unused ones are left out of the file. */
  private void constants() {
    axes("axes_0", 0);
    axes("axes_1", 1);
    axes("axes_2", 2);
    axes("axes_3", 3);
    axes("axes_1_3", 1, 3);
    // 0 copies the extent of the input.
    axes("shape_heads", 0, 0, spec.heads(), spec.headWidth());
    axes("shape_joined", 0, 0, spec.width());
    graph.initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("attention_epsilon", StudentSpec.ATTENTION_EPSILON));
  }

  private void axes(String name, long... values) {
    graph.initializer(Tensor.int64(name, values, values.length));
  }

  /** The first {@code tokens} position vectors, {@code [tokens, width]}. */
  private String positions() {
    graph.node("Shape", List.of("input_ids"), "length", integer("start", 1), integer("end", 2));
    String table = parameter(StudentSpec.POSITION);
    return node("Slice", "positions", table, "axes_0", "length", "axes_0");
  }

  private String attention(String name, String x) {
    String input = linear(name + ".input", norm(name + ".norm", x), name + "_input");
    List<String> parts = List.of(name + "_q", name + "_k", name + "_v");
    graph.node("Split", List.of(input), parts, integer("axis", 2), integer("num_outputs", 3));
    String query = feature(heads(parts.get(0))); // [batch, heads, tokens, headWidth]
    String key = node("Mul", name + "_key", feature(heads(parts.get(1))), "mask_keys");
    String value = heads(parts.get(2));
    String keyColumns = transpose(key, name + "_key_columns", 0, 1, 3, 2);
    String memory = node("MatMul", name + "_memory", keyColumns, value);
    String total = sum(key, "axes_2", name + "_key_sum", 1); // [batch, heads, 1, headWidth]
    String weighed = node("Mul", name + "_weighed", query, total);
    String normalizer =
        node(
            "Add",
            name + "_normalizer",
            sum(weighed, "axes_3", name + "_weight", 1),
            "attention_epsilon");
    String read = node("MatMul", name + "_read", query, memory);
    String mixed = node("Div", name + "_mixed", read, normalizer);
    String rows = transpose(mixed, name + "_rows", 0, 2, 1, 3);
    String joined = node("Reshape", name + "_joined", rows, "shape_joined");
    return linear(name + ".output", joined, name + "_output");
  }

  private String heads(String part) {
    String split = node("Reshape", part + "_split", part, "shape_heads");
    return transpose(split, part + "_heads", 0, 2, 1, 3);
  }

  /** {@code elu(x) + 1}. */
  private String feature(String heads) {
    return node("Add", heads + "_feature", node("Elu", heads + "_elu", heads), "one");
  }

  private String feedForward(String name, String x) {
    String inner = linear(name + ".inner", norm(name + ".norm", x), name + "_inner");
    String active = name + "_active";
    graph.node("Gelu", List.of(inner), active, text("approximate", "none"));
    return linear(name + ".outer", active, name + "_outer");
  }

  /** Mean over the unmasked tokens, {@code [batch, width]}. */
  private String pooled(String x) {
    String kept = node("Mul", "kept", x, node("Unsqueeze", "mask_tokens", "mask", "axes_2"));
    String total = sum(kept, "axes_1", "total", 0);
    return node("Div", "pooled", total, sum("mask", "axes_1", "count", 1));
  }

  private String norm(String name, String x) {
    return graph.node(
        "LayerNormalization",
        List.of(x, parameter(name + ".scale"), parameter(name + ".shift")),
        name + "_normed",
        integer("axis", -1),
        decimal("epsilon", StudentSpec.NORM_EPSILON));
  }

  private String linear(String name, String x, String output) {
    String product = node("MatMul", name + "_product", x, parameter(name + ".weight"));
    return node("Add", output, product, parameter(name + ".bias"));
  }

  private String sum(String x, String axes, String output, long keep) {
    return graph.node("ReduceSum", List.of(x, axes), output, integer("keepdims", keep));
  }

  private String transpose(String x, String output, long... order) {
    return graph.node("Transpose", List.of(x), output, integers("perm", order));
  }

  private String node(String op, String output, String... inputs) {
    return graph.node(op, List.of(inputs), output);
  }

  private String parameter(String name) {
    var weight = weights.get(name);
    long[] dims = Arrays.stream(weight.shape()).asLongStream().toArray();
    graph.initializer(Tensor.float32(name, weight.values(), dims));
    return name;
  }
}
