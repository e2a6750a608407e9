package io.distillstream.quantization.data.source;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the constant tables in which a graph looks up the values of an input. */
final class TokenTable {
  /** Operators whose result holds the values of their first input. */
  private static final Set<String> PASSING =
      Set.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose");

  /** Operators whose result has as many rows as their first input, a table. */
  private static final Set<String> CONVERTING = Set.of("Cast", "Identity", "DequantizeLinear");

  private final OnnxModel model;
  private final Map<String, NodeProto> producers = new HashMap<>();

  TokenTable(OnnxModel model) {
    this.model = model;
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
  }

  /** Rows of the shortest table that an input indexes: its values must be less. */
  OptionalLong rows(String input) {
    Set<String> same = new HashSet<>(Set.of(input));
    OptionalLong least = OptionalLong.empty();
    for (NodeProto node : model.nodes()) {
      if (PASSING.contains(node.getOpType()) && same.contains(node.getInput(0))) {
        same.addAll(node.getOutputList());
      }
      OptionalLong rows = rows(node, same);
      if (rows.isPresent() && rows.getAsLong() < least.orElse(Long.MAX_VALUE)) {
        least = rows;
      }
    }
    return least;
  }

  private OptionalLong rows(NodeProto node, Set<String> indices) {
    return switch (node.getOpType()) {
      case "Gather" ->
          indices.contains(node.getInput(1)) && Attribute.integerOf(node, "axis", 0) == 0
              ? tableRows(node.getInput(0))
              : OptionalLong.empty();
      // ONNX Runtime's fused embedding: token ids, segments, then the tables of both.
      case "EmbedLayerNormalization" ->
          indices.contains(node.getInput(0))
              ? tableRows(node.getInput(2))
              : indices.contains(node.getInput(1))
                  ? tableRows(node.getInput(4))
                  : OptionalLong.empty();
      default -> OptionalLong.empty();
    };
  }

  private OptionalLong tableRows(String value) {
    NodeProto producer = producers.get(value);
    if (producer == null) {
      return model.initializer(value).map(TokenTable::rows).orElse(OptionalLong.empty());
    }
    if (producer.getOpType().equals("Constant")) {
      return Attribute.tensorOf(producer, "value")
          .map(TokenTable::rows)
          .orElse(OptionalLong.empty());
    }
    return CONVERTING.contains(producer.getOpType())
        ? tableRows(producer.getInput(0))
        : OptionalLong.empty();
  }

  private static OptionalLong rows(Tensor table) {
    return table.dims().isEmpty() ? OptionalLong.empty() : OptionalLong.of(table.dims().get(0));
  }
}
