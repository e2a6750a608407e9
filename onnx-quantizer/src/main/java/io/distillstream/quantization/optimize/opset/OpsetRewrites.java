package io.distillstream.quantization.optimize.opset;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The ways in which nodes are written differently for a newer operator set. */
final class OpsetRewrites {
  private OpsetRewrites() {}

  /** The new form does something else. */
  static OpsetRewrite never() {
    return (graph, node) -> Optional.empty();
  }

  static OpsetRewrite renamed(String op) {
    return (graph, node) -> Optional.of(node.toBuilder().setOpType(op).build());
  }

  /** Attributes that do not matter any more are left out. */
  static OpsetRewrite without(String... attributes) {
    return (graph, node) -> Optional.of(drop(node, attributes).build());
  }

  /** Nothing changes, except in these modes, which cannot be expressed. */
  static OpsetRewrite unlessTextIs(String attribute, String... modes) {
    return (graph, node) ->
        List.of(modes).contains(Attribute.textOf(node, attribute, ""))
            ? Optional.empty()
            : Optional.of(node);
  }

  /** A new attribute has another default than the old behaviour. */
  static OpsetRewrite withTextIfAbsent(String attribute, String value) {
    return (graph, node) ->
        Optional.of(
            Attribute.isPresent(node, attribute)
                ? node
                : node.toBuilder().addAttribute(Attribute.text(attribute, value).proto()).build());
  }

  /** Attributes become inputs behind the first one, in this order. */
  static OpsetRewrite integersToInputs(String... attributes) {
    return (graph, node) -> {
      NodeProto.Builder changed = drop(node, attributes);
      for (String attribute : attributes) {
        if (Attribute.isPresent(node, attribute)) {
          List<Long> list = Attribute.integersOf(node, attribute);
          long[] values =
              list.isEmpty()
                  ? new long[] {Attribute.integerOf(node, attribute, 0)}
                  : list.stream().mapToLong(Long::longValue).toArray();
          changed.addInput(
              graph.addConstant(
                  node.getOutput(0) + "/" + attribute,
                  Tensor.int64(attribute, values, values.length)));
        }
      }
      return Optional.of(changed.build());
    };
  }

  static OpsetRewrite decimalsToInputs(String attribute) {
    return (graph, node) -> {
      List<Float> list = Attribute.decimalsOf(node, attribute);
      float[] values = new float[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = list.get(i);
      }
      return Optional.of(
          drop(node, attribute)
              .addInput(
                  graph.addConstant(
                      node.getOutput(0) + "/" + attribute,
                      Tensor.float32(attribute, values, values.length)))
              .build());
    };
  }

  static Optional<NodeProto> ifOnlyFirstOutputIsUsed(WorkingGraph graph, NodeProto node) {
    boolean used =
        node.getOutputList().stream()
            .skip(1)
            .anyMatch(output -> graph.uses(output) > 0 || graph.isPinned(output));
    return used
        ? Optional.empty()
        : Optional.of(node.toBuilder().clearOutput().addOutput(node.getOutput(0)).build());
  }

  /** The bounds must be of the input's type. */
  static Optional<NodeProto> clipBounds(WorkingGraph graph, NodeProto clip) {
    if (!Nodes.isFloat32(graph, clip.getInput(0))) {
      return Optional.empty();
    }
    NodeProto.Builder changed = drop(clip, "min", "max");
    for (String bound : List.of("min", "max")) {
      changed.addInput(
          Attribute.isPresent(clip, bound)
              ? graph.addConstant(
                  clip.getOutput(0) + "/" + bound,
                  Tensor.scalar(bound, Attribute.decimalOf(clip, bound, 0)))
              : "");
    }
    return Optional.of(changed.build());
  }

  static Optional<NodeProto> padInputs(WorkingGraph graph, NodeProto pad) {
    Optional<NodeProto> changed = integersToInputs("pads").apply(graph, pad);
    float value = Attribute.decimalOf(pad, "value", 0);
    if (value == 0) {
      return changed.map(node -> drop(node, "value").build());
    }
    if (!Nodes.isFloat32(graph, pad.getInput(0))) {
      return Optional.empty();
    }
    String name = graph.addConstant(pad.getOutput(0) + "/value", Tensor.scalar("value", value));
    return changed.map(node -> drop(node, "value").addInput(name).build());
  }

  /** Operator set 10 measured from the corner and rounded down. */
  static Optional<NodeProto> resizeByOrigin(WorkingGraph graph, NodeProto resize) {
    return Optional.of(
        resize.toBuilder()
            .clearInput()
            .addInput(resize.getInput(0))
            .addInput(
                graph.addConstant(
                    resize.getOutput(0) + "/roi", Tensor.float32("roi", new float[0], 0)))
            .addInput(resize.getInput(1))
            .addAttribute(Attribute.text("coordinate_transformation_mode", "asymmetric").proto())
            .addAttribute(Attribute.text("nearest_mode", "floor").proto())
            .build());
  }

  /**
   * Up to operator set 12 all axes from the given one on are one distribution, later only the given
   * one is; on the last axis both are the same.
   */
  static Optional<NodeProto> overLastAxis(WorkingGraph graph, NodeProto node) {
    int rank = graph.type(node.getInput(0)).map(type -> type.rank().orElse(0)).orElse(0);
    long axis = Attribute.integerOf(node, "axis", 1);
    return axis == -1 || axis == rank - 1
        ? Optional.of(
            drop(node, "axis").addAttribute(Attribute.integer("axis", -1).proto()).build())
        : Optional.empty();
  }

  /** Without given lengths, equal parts must be counted. */
  static Optional<NodeProto> numberOfOutputs(WorkingGraph graph, NodeProto split) {
    return Optional.of(
        Nodes.input(split, 1).isPresent()
            ? split
            : split.toBuilder()
                .addAttribute(Attribute.integer("num_outputs", split.getOutputCount()).proto())
                .build());
  }

  static Optional<NodeProto> gridMode(WorkingGraph graph, NodeProto grid) {
    String mode =
        switch (Attribute.textOf(grid, "mode", "bilinear")) {
          case "bilinear" -> "linear";
          case "bicubic" -> "cubic";
          default -> "nearest";
        };
    return Optional.of(
        drop(grid, "mode").addAttribute(Attribute.text("mode", mode).proto()).build());
  }

  private static NodeProto.Builder drop(NodeProto node, String... attributes) {
    Set<String> dropped = Set.copyOf(Arrays.asList(attributes));
    NodeProto.Builder changed = node.toBuilder().clearAttribute();
    node.getAttributeList().stream()
        .filter(attribute -> !dropped.contains(attribute.getName()))
        .forEach(changed::addAttribute);
    return changed;
  }
}
