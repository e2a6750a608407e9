package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.quantization.optimize.pass.Fusion;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds layer normalization over the last axis where it is written out, and writes it as one node
 * (Ba, Kiros and Hinton 2016, Layer Normalization). PyTorch's exporter writes the first form,
 * TensorFlow's the second, in which the scale is multiplied in before x is:
 *
 * <pre>
 * (x − mean) / √(variance + ε) · w + b
 * x · g + (b − mean · g)   with g = 1 / √(variance + ε) · w
 * </pre>
 *
 * The scale w and the shift b may be left out in the first form.
 */
public final class LayerNormalizationFusion implements Fusion {
  @Override
  public String name() {
    return "layer normalization";
  }

  /** LayerNormalization is an operator of ONNX since this version. */
  @Override
  public long minOpset() {
    return 17;
  }

  @Override
  public Optional<Match> match(WorkingGraph graph, NodeProto last) {
    if (last.getInputCount() != 2 || !Nodes.isFloat32(graph, last.getOutput(0))) {
      return Optional.empty();
    }
    Optional<Integer> width =
        graph.type(last.getOutput(0)).flatMap(type -> type.length(-1)).map(Math::toIntExact);
    return width.flatMap(
        columns ->
            scaleAndShift(graph, last, columns)
                .or(() -> FactoredNormalization.match(graph, last, columns)));
  }

  private static Optional<Match> scaleAndShift(WorkingGraph graph, NodeProto last, int columns) {
    Optional<Columns> shift = Columns.operandOf(graph, last, "Add", columns);
    if (shift.isPresent()) {
      Optional<NodeProto> before = graph.producer(shift.get().other());
      return before
          .flatMap(node -> scaled(graph, node, columns))
          .map(found -> found.match(last, shift));
    }
    return isContinued(graph, last, columns)
        ? Optional.empty()
        : scaled(graph, last, columns).map(found -> found.match(last, Optional.empty()));
  }

  /** Whether the scale or shift of the same normalization follows. */
  private static boolean isContinued(WorkingGraph graph, NodeProto node, int columns) {
    if (!graph.isUsedExactly(node.getOutput(0), 1)) {
      return false;
    }
    NodeProto next = graph.consumers(node.getOutput(0)).get(0);
    return Columns.operandOf(graph, next, "Add", columns).isPresent()
        || (Columns.operandOf(graph, next, "Mul", columns).isPresent()
            && Normalized.of(graph, node).isPresent());
  }

  private static Optional<Scaled> scaled(WorkingGraph graph, NodeProto node, int columns) {
    Optional<Columns> scale = Columns.operandOf(graph, node, "Mul", columns);
    if (scale.isEmpty()) {
      return Normalized.of(graph, node).map(n -> new Scaled(n, Columns.ones(columns)));
    }
    return graph
        .producer(scale.get().other())
        .flatMap(before -> Normalized.of(graph, before))
        .map(found -> new Scaled(found.and(node), scale.get()));
  }

  /** A normalized value times a constant per column. */
  private record Scaled(Normalized normalized, Columns scale) {

    Match match(NodeProto last, Optional<Columns> shift) {
      return layerNormalization(last, normalized.and(last), scale, shift);
    }
  }

  static Match layerNormalization(
      NodeProto last, Normalized normalized, Columns scale, Optional<Columns> shift) {
    Variance variance = normalized.variance();
    return new Match(
        last,
        normalized.parts(),
        graph -> {
          List<String> inputs =
              new ArrayList<>(
                  List.of(variance.input(), scale.vector(graph, last.getOutput(0) + "/scale")));
          shift.ifPresent(
              columns -> inputs.add(columns.vector(graph, last.getOutput(0) + "/shift")));
          return Nodes.node(
              "LayerNormalization",
              inputs,
              last,
              Attribute.integer("axis", -1),
              Attribute.decimal("epsilon", variance.epsilon()));
        });
  }
}
