package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.integer;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A {@link CausalTransformerSpec} as ONNX graphs in fp32: one over whole texts, and one that takes
 * a token per call and carries its state, of which the size does not depend on what came before.
 *
 * <p>With {@code φ(x) = elu(x) + 1}, per head:
 *
 * <pre>
 * over texts   outᵢ = Σⱼ≤ᵢ φ(qᵢ)·φ(kⱼ) vⱼ / (Σⱼ≤ᵢ φ(qᵢ)·φ(kⱼ) + ε)
 * per token    S ← S + φ(k)ᵀ v     z ← z + φ(k)     out = φ(q) S / (φ(q)·z + ε)
 * </pre>
 */
public final class CausalGraph {
  /**
   * What the names of state inputs start with; {@code block<n>.memory} and {@code .total} follow.
   */
  public static final String STATE = "state.";

  /** What the names of state outputs start with; each belongs to the input of the same rest. */
  public static final String NEXT = "next.";

  private static final Dimension BATCH = Dimension.of("batch");
  private static final Dimension TOKENS = Dimension.of("tokens");

  private final CausalTransformerSpec spec;
  private final GraphBuilder graph;
  private final GraphLayers layers;

  private CausalGraph(StudentWeights weights, String name) {
    if (!(weights.spec() instanceof CausalTransformerSpec causal)) {
      throw new IllegalArgumentException("no causal student: " + weights.spec());
    }
    this.spec = causal;
    this.graph = GraphBuilder.named(name);
    this.layers = new GraphLayers(graph, weights);
  }

  /**
   * Input {@code input_ids}, int64 {@code [batch, tokens]}; output {@code logits}, fp32 {@code
   * [batch, tokens, vocabularySize]}. Texts of a batch are padded at their end, where it changes
   * nothing for the tokens before.
   */
  public static OnnxModel overTexts(StudentWeights weights, Map<String, String> metadata) {
    CausalGraph student = new CausalGraph(weights, "student_over_texts");
    Dimension words = Dimension.of(student.spec.vocabularySize());
    student.graph.input("input_ids", ElementType.INT64, BATCH, TOKENS);
    student.graph.output("logits", ElementType.FLOAT32, BATCH, TOKENS, words);
    return student.build(metadata, student::attentionOverTexts);
  }

  /**
   * Input {@code input_ids}, int64 {@code [batch]}: the newest token; output {@code logits}, fp32
   * {@code [batch, vocabularySize]}. Per block {@code memory}, fp32 {@code [batch, heads,
   * headWidth, headWidth]}, and {@code total}, {@code [batch, heads, headWidth]}, come in under
   * {@link #STATE} and go out under {@link #NEXT}; before the first token they are 0.
   */
  public static OnnxModel perToken(StudentWeights weights, Map<String, String> metadata) {
    CausalGraph student = new CausalGraph(weights, "student_per_token");
    Dimension words = Dimension.of(student.spec.vocabularySize());
    student.graph.input("input_ids", ElementType.INT64, BATCH);
    student.graph.output("logits", ElementType.FLOAT32, BATCH, words);
    student.state();
    return student.build(metadata, student::attentionPerToken);
  }

  private void state() {
    Dimension width = Dimension.of(spec.headWidth());
    for (int block = 0; block < spec.blocks().size(); block++) {
      Dimension heads = Dimension.of(spec.blocks().get(block).heads());
      String memory = "block" + block + ".memory";
      String total = "block" + block + ".total";
      graph.input(STATE + memory, ElementType.FLOAT32, BATCH, heads, width, width);
      graph.input(STATE + total, ElementType.FLOAT32, BATCH, heads, width);
      graph.output(NEXT + memory, ElementType.FLOAT32, BATCH, heads, width, width);
      graph.output(NEXT + total, ElementType.FLOAT32, BATCH, heads, width);
    }
  }

  /** From a block's joined query, key and value to what its attention reads. */
  private interface Attention {
    String read(String block, String input, int heads);
  }

  private OnnxModel build(Map<String, String> metadata, Attention attention) {
    String x =
        layers.node("Gather", "embedded", layers.parameter(StudentSpec.EMBEDDING), "input_ids");
    for (int block = 0; block < spec.blocks().size(); block++) {
      String name = "block" + block;
      String inner = name + ".attention";
      String input = layers.linear(inner + ".input", layers.norm(inner + ".norm", x), name + "_in");
      String read = attention.read(name, input, spec.blocks().get(block).heads());
      String attended = layers.linear(inner + ".output", read, name + "_read_out");
      x = layers.node("Add", name + "_attended", x, attended);
      x = layers.node("Add", name + "_out", x, layers.feedForward(name + ".feedforward", x));
    }
    layers.linear(StudentSpec.CLASSIFIER, layers.norm("norm", x), "logits");
    return graph.build(metadata);
  }

  private List<String> parts(String block, String input) {
    List<String> parts = List.of(block + "_q", block + "_k", block + "_v");
    graph.node("Split", List.of(input), parts, integer("axis", -1), integer("num_outputs", 3));
    return parts;
  }

  private String attentionOverTexts(String block, String input, int heads) {
    List<String> parts = parts(block, input);
    // [batch, heads, tokens, headWidth]
    String query = layers.feature(headsOfTexts(parts.get(0), heads));
    String key = layers.feature(headsOfTexts(parts.get(1), heads));
    String value = headsOfTexts(parts.get(2), heads);
    String keyColumns = layers.transpose(key, block + "_key_columns", 0, 1, 3, 2);
    String all = layers.node("MatMul", block + "_similarity", query, keyColumns);
    // [batch, heads, tokens, tokens], nothing after the token itself
    String past = graph.node("Trilu", List.of(all), block + "_past", integer("upper", 0));
    String sum = layers.sum(past, layers.axis(3), block + "_past_sum", 1);
    String read = layers.node("MatMul", block + "_weighed", past, value);
    String mixed = layers.node("Div", block + "_mixed", read, withEpsilon(block, sum));
    String rows = layers.transpose(mixed, block + "_rows", 0, 2, 1, 3);
    return reshaped(block + "_joined", rows, 0, 0, (long) heads * spec.headWidth());
  }

  private String headsOfTexts(String part, int heads) {
    String split = reshaped(part + "_split", part, 0, 0, heads, spec.headWidth());
    return layers.transpose(split, part + "_heads", 0, 2, 1, 3);
  }

  private String attentionPerToken(String block, String input, int heads) {
    List<String> parts = parts(block, input);
    long width = spec.headWidth();
    // [batch, heads, 1, headWidth], keys also [batch, heads, headWidth]
    String query = layers.feature(reshaped(block + "_query", parts.get(0), 0, heads, 1, width));
    String key = layers.feature(reshaped(block + "_key", parts.get(1), 0, heads, width));
    String value = reshaped(block + "_value", parts.get(2), 0, heads, 1, width);
    String column = layers.node("Unsqueeze", block + "_key_column", key, layers.axis(3));
    String added = layers.node("MatMul", block + "_added", column, value);
    String memory = layers.node("Add", NEXT + block + ".memory", STATE + block + ".memory", added);
    String total = layers.node("Add", NEXT + block + ".total", STATE + block + ".total", key);
    String totalColumn = layers.node("Unsqueeze", block + "_total_column", total, layers.axis(3));
    String sum = layers.node("MatMul", block + "_total_seen", query, totalColumn);
    String read = layers.node("MatMul", block + "_seen", query, memory);
    String mixed = layers.node("Div", block + "_mixed", read, withEpsilon(block, sum));
    return reshaped(block + "_joined", mixed, 0, heads * width);
  }

  private String withEpsilon(String block, String sum) {
    String epsilon =
        layers.constant(Tensor.scalar("attention_epsilon", TransformerSpec.ATTENTION_EPSILON));
    return layers.node("Add", block + "_normalizer", sum, epsilon);
  }

  /** 0 copies the extent of the input. */
  private String reshaped(String output, String x, long... shape) {
    StringBuilder name = new StringBuilder("shape");
    for (long extent : shape) {
      name.append('_').append(extent);
    }
    return layers.node("Reshape", output, x, layers.vector(name.toString(), shape));
  }
}
