package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.FreshNames;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A graph while passes rewrite it. Nodes stay in running order: a rewrite puts the new node in the
 * place of the last one of those it stands for, where all their inputs are there already.
 *
 * <p>A value keeps its name for as long as it lives, so what is known of its type stays true. Names
 * of graph inputs and outputs, and those that bodies of control flow use, are never changed.
 *
 * <p>Not thread-safe.
 */
public final class WorkingGraph {
  private final OnnxModel origin;
  private final Map<String, NodeProto> nodes = new LinkedHashMap<>();
  private final Mentions mentions = new Mentions();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Set<String> outputs = new HashSet<>();
  private final FreshNames names;
  private final Map<String, String> conversions = new HashMap<>();
  private Map<String, ValueType> types = Map.of();
  private long opset;

  public WorkingGraph(OnnxModel model) {
    origin = model;
    names = new FreshNames(model);
    opset = model.opset();
    GraphProto graph = model.proto().getGraph();
    model
        .initializerNames()
        .forEach(name -> constants.put(name, model.initializer(name).orElseThrow()));
    graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    model.nodes().forEach(this::add);
  }

  /** The nodes in running order, as they are now; later rewrites do not show in it. */
  public List<NodeProto> nodes() {
    return List.copyOf(nodes.values());
  }

  public int nodeCount() {
    return nodes.size();
  }

  /** A listed node as it is now, after rewrites that changed its inputs; empty if it is gone. */
  public Optional<NodeProto> current(NodeProto listed) {
    return Optional.ofNullable(nodes.get(Mentions.key(listed)));
  }

  /** Version of the default operator set. */
  public long opset() {
    return opset;
  }

  /** Declares that all nodes are now written for this version of the default operator set. */
  public void opset(long version) {
    opset = version;
  }

  /** Replaces what is known of types and shapes. */
  public void types(Map<String, ValueType> known) {
    types = Map.copyOf(known);
  }

  public Optional<ValueType> type(String value) {
    return Optional.ofNullable(types.get(value));
  }

  public Optional<Tensor> constant(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /** Names of the constants, used or not. */
  public List<String> constantNames() {
    return List.copyOf(constants.keySet());
  }

  public Optional<NodeProto> producer(String value) {
    return mentions.producer(value).map(nodes::get);
  }

  /** How often nodes take this value as an input, bodies not counted. */
  public int uses(String value) {
    return mentions.consumers(value).size();
  }

  /** The nodes that take this value as an input, one that takes it twice occurs twice. */
  public List<NodeProto> consumers(String value) {
    return mentions.consumers(value).stream().map(nodes::get).toList();
  }

  /** Whether something other than the inputs of nodes refers to this value by its name. */
  public boolean isPinned(String value) {
    return outputs.contains(value) || mentions.isUsedInBodies(value);
  }

  /** Whether it is one of the graph's outputs. */
  public boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** Whether nothing but {@code uses} mentions by nodes refer to this value. */
  public boolean isUsedExactly(String value, int uses) {
    return uses(value) == uses && !isPinned(value);
  }

  /** Puts a node in the place of another; it gives the same first result and no new ones. */
  public void replace(NodeProto old, NodeProto by) {
    if (!old.equals(nodes.get(Mentions.key(old))) || !Mentions.key(old).equals(Mentions.key(by))) {
      throw new IllegalArgumentException(
          "Cannot put %s in the place of %s".formatted(by.getOutputList(), old.getOutputList()));
    }
    mentions.remove(old);
    nodes.put(Mentions.key(by), by);
    mentions.add(by);
  }

  /** Takes a node out whose results nothing uses any more. */
  public void remove(NodeProto node) {
    mentions.remove(node);
    nodes.remove(Mentions.key(node));
  }

  /** Puts nodes in the place of one; together they give its results, and other new ones. */
  public void replace(NodeProto old, List<NodeProto> by) {
    rebuild(
        nodes().stream()
            .flatMap(node -> node.equals(old) ? by.stream() : Stream.of(node))
            .toList());
  }

  /** Takes a node out; its only result is from now on a constant. */
  public void replaceByConstant(NodeProto node, Tensor value) {
    String name = Mentions.key(node);
    remove(node);
    constants.put(name, value.renamed(name));
  }

  /** Adds a constant under a new name close to the given one, and answers that name. */
  public String addConstant(String hint, Tensor value) {
    String name = newName(hint);
    constants.put(name, value.renamed(name));
    return name;
  }

  /** A name close to the given one that nothing has or will have. */
  public String newName(String hint) {
    return names.like(hint);
  }

  public void removeConstant(String name) {
    constants.remove(name);
  }

  /** Lets all nodes that take one value take another one. Bodies and outputs are not changed. */
  public void redirect(String from, String to) {
    for (NodeProto consumer : Set.copyOf(consumers(from))) {
      NodeProto.Builder changed = consumer.toBuilder();
      for (int i = 0; i < consumer.getInputCount(); i++) {
        if (consumer.getInput(i).equals(from)) {
          changed.setInput(i, to);
        }
      }
      replace(consumer, changed.build());
    }
  }

  /** Gives a result of a node another name, which nothing else may have any more. */
  public void rename(String value, String name) {
    NodeProto node = producer(value).orElseThrow();
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (node.getOutput(i).equals(value)) {
        changed.setOutput(i, name);
      }
    }
    NodeProto renamed = changed.build();
    rebuild(nodes().stream().map(kept -> kept.equals(node) ? renamed : kept).toList());
    redirect(value, name);
  }

  /** One of the graph's inputs in another type, converted once in front of everything else. */
  public String converted(String input, ElementType type) {
    return conversions.computeIfAbsent(
        "%s/%s".formatted(input, type.name().toLowerCase(Locale.ROOT)),
        hint -> {
          String name = newName(hint);
          List<NodeProto> all = new ArrayList<>();
          all.add(
              NodeProto.newBuilder()
                  .setOpType("Cast")
                  .addInput(input)
                  .addOutput(name)
                  .addAttribute(Attribute.castTo(type).proto())
                  .build());
          all.addAll(nodes());
          rebuild(all);
          return name;
        });
  }

  private void rebuild(List<NodeProto> ordered) {
    nodes.clear();
    mentions.clear();
    ordered.forEach(this::add);
  }

  /** The model as it is now. Constants that nothing uses are left out, and shapes of values. */
  public OnnxModel toModel() {
    GraphProto original = origin.proto().getGraph();
    GraphProto.Builder graph =
        original.toBuilder()
            .clearNode()
            .clearInitializer()
            .clearInput()
            .clearValueInfo()
            .addAllNode(nodes.values());
    original.getInputList().stream()
        .filter(input -> origin.initializer(input.getName()).isEmpty())
        .forEach(graph::addInput);
    constants.forEach(
        (name, tensor) -> {
          if (uses(name) > 0 || isPinned(name)) {
            graph.addInitializer(tensor.proto());
          }
        });
    ModelProto.Builder model = origin.proto().toBuilder().setGraph(graph);
    nodes.values().forEach(node -> OpsetVersions.require(model, node.getDomain()));
    return OnnxModel.of(OpsetVersions.set(model, opset).build());
  }

  /** Some nodes, which depend on constants only, as a model of their own with these outputs. */
  public OnnxModel constantPart(List<NodeProto> part, List<String> results) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("constant part").addAllNode(part);
    Set<String> needed = new LinkedHashSet<>();
    part.forEach(node -> needed.addAll(node.getInputList()));
    needed.stream()
        .map(constants::get)
        .filter(Objects::nonNull)
        .forEach(tensor -> graph.addInitializer(tensor.proto()));
    results.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    ModelProto.Builder model =
        origin.proto().toBuilder().clearFunctions().clearMetadataProps().setGraph(graph);
    return OnnxModel.of(OpsetVersions.set(model, opset).build());
  }

  private void add(NodeProto node) {
    if (node.getOutputList().stream().anyMatch(output -> !output.isEmpty())) {
      nodes.put(Mentions.key(node), node);
      mentions.add(node);
    }
  }
}
