package io.distillstream.quantization.optimize.attention;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Fusion;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds self-attention (Vaswani et al. 2017, Attention Is All You Need, section 3.2) over {@link
 * IntegerProjection}s of the same activations:
 *
 * <pre>merged(softmax(split(q) · split(k)ᵀ · factor + mask) · split(v))</pre>
 *
 * The factor may be multiplied into q and k instead; there may be no mask.
 */
final class AttentionFusion implements Fusion {
  /** DynamicQuantizeLinear is defined from this operator set on. */
  private static final long MIN_OPSET = 11;

  /** Of queries, keys and values. */
  private static final int PROJECTIONS = 3;

  private final OnnxModel model;

  /**
   * Of one model.
   *
   * @param model whose inputs say what a mask can be
   */
  AttentionFusion(OnnxModel model) {
    this.model = model;
  }

  @Override
  public String name() {
    return "attention in 8 bits";
  }

  @Override
  public long minOpset() {
    return MIN_OPSET;
  }

  @Override
  public Optional<Match> match(WorkingGraph graph, NodeProto last) {
    Set<NodeProto> parts = new HashSet<>();
    Optional<NodeProto> mixed =
        AttentionHeads.merged(graph, last, parts).filter(node -> Nodes.is(node, "MatMul"));
    Optional<NodeProto> softmax =
        mixed
            .flatMap(node -> Nodes.producer(graph, node.getInput(0), "Softmax"))
            .filter(node -> isOverLastAxis(graph, node));
    if (softmax.isEmpty()) {
      return Optional.empty();
    }
    parts.add(mixed.orElseThrow());
    parts.add(softmax.get());
    Optional<Scores> scores = Scores.of(graph, model, softmax.get().getInput(0), parts);
    Optional<AttentionHeads> values = AttentionHeads.split(graph, mixed.get().getInput(1), parts);
    // Nothing in the kernel multiplies values.
    return scores.isPresent() && values.filter(heads -> heads.factor() == 1).isPresent()
        ? fused(graph, last, scores.get(), values.get(), parts)
        : Optional.empty();
  }

  private static boolean isOverLastAxis(WorkingGraph graph, NodeProto softmax) {
    // Up to operator set 12 the axis was 1 if nothing else was said.
    long axis = Attribute.integerOf(softmax, "axis", graph.opset() < 13 ? 1 : -1);
    return axis == -1 || axis == 3;
  }

  private static Optional<Match> fused(
      WorkingGraph graph,
      NodeProto last,
      Scores scores,
      AttentionHeads values,
      Set<NodeProto> parts) {
    List<IntegerProjection> projections = new ArrayList<>();
    Set<OptionalInt> counts = new HashSet<>();
    for (AttentionHeads split : List.of(scores.queries(), scores.keys(), values)) {
      Optional<IntegerProjection> found = IntegerProjection.of(graph, split.source(), parts);
      found
          .filter(projection -> projections.isEmpty() || projection.joins(projections.get(0)))
          .ifPresent(projections::add);
      counts.add(found.map(it -> split.of(it.columns())).orElseGet(OptionalInt::empty));
    }
    boolean alike = projections.size() == PROJECTIONS && counts.size() == 1;
    OptionalInt heads = counts.iterator().next();
    if (!alike
        || heads.isEmpty()
        || !AttentionHeads.merges(graph, last, projections.get(0).columns())) {
      return Optional.empty();
    }
    parts.add(last);
    return Optional.of(
        new Match(last, parts, g -> node(g, last, scores, heads.getAsInt(), projections)));
  }

  private static NodeProto node(
      WorkingGraph graph,
      NodeProto last,
      Scores scores,
      int heads,
      List<IntegerProjection> projections) {
    IntegerProjection first = projections.get(0);
    String name = last.getOutput(0) + "/attention";
    List<String> inputs = new ArrayList<>();
    inputs.add(first.activations());
    inputs.add(graph.addConstant(name + "/weights", IntegerProjection.weights(projections)));
    inputs.add(
        graph.addConstant(name + "/bias", joined(projections, IntegerProjection::columnBias)));
    inputs.add(first.activationScale());
    inputs.add(
        graph.addConstant(name + "/scales", joined(projections, IntegerProjection::columnScales)));
    inputs.add(scores.mask().map(mask -> mask.asInt32(graph)).orElse(""));
    inputs.add(first.activationZeroPoint());
    inputs.add(first.weightZeroPoint());
    NodeProto.Builder node =
        Nodes.node("QAttention", inputs, last, Attribute.integer("num_heads", heads)).toBuilder();
    node.setDomain(OnnxModel.MICROSOFT_DOMAIN);
    scores
        .mask()
        .ifPresent(
            mask ->
                node.addAttribute(Attribute.decimal("mask_filter_value", mask.hidden()).proto()));
    int size = first.columns() / heads;
    if (!scores.hasUsualFactor(size)) {
      node.addAttribute(Attribute.decimal("scale", (float) scores.factor()).proto());
    }
    return node.build();
  }

  private static Tensor joined(
      List<IntegerProjection> projections, Function<IntegerProjection, float[]> part) {
    int columns = projections.get(0).columns();
    float[] all = new float[columns * projections.size()];
    for (int i = 0; i < projections.size(); i++) {
      System.arraycopy(part.apply(projections.get(i)), 0, all, i * columns, columns);
    }
    return Tensor.float32("joined", all, all.length);
  }
}
