package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds an ONNX model node by node, in the order in which the nodes run. Values are referred to by
 * name; {@link #build} checks that each name is defined once and before its first use.
 *
 * <p>Not thread-safe.
 */
public final class GraphBuilder {
  /** The newest operator set that needs nothing newer than {@link #IR_VERSION}. */
  public static final long OPSET = 20;

  /** The file-format version that goes with {@link #OPSET}. */
  public static final long IR_VERSION = 9;

  private final String name;
  private final List<ValueInfoProto> inputs = new ArrayList<>();
  private final List<ValueInfoProto> outputs = new ArrayList<>();
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final List<FunctionProto> functions = new ArrayList<>();
  private long irVersion = IR_VERSION;

  private GraphBuilder(String name) {
    this.name = name;
    opsets.put(OnnxModel.DEFAULT_DOMAIN, OPSET);
  }

  /** An empty graph. */
  public static GraphBuilder named(String name) {
    return new GraphBuilder(name);
  }

  /**
   * The frame of another model: its name, operator sets, functions, inputs and outputs, yet without
   * nodes and initializers. Whoever rewrites a graph copies what stays and adds what is new.
   */
  public static GraphBuilder framedLike(OnnxModel model) {
    GraphProto graph = model.proto().getGraph();
    GraphBuilder builder = new GraphBuilder(graph.getName());
    builder.opsets.clear();
    builder.opsets.putAll(model.opsets());
    builder.functions.addAll(model.proto().getFunctionsList());
    // Before version 4 every initializer had to be listed among the inputs; here none is.
    builder.irVersion = Math.max(model.irVersion(), 4);
    graph.getInputList().stream()
        .filter(input -> model.initializer(input.getName()).isEmpty())
        .forEach(builder.inputs::add);
    builder.outputs.addAll(graph.getOutputList());
    return builder;
  }

  /** Sets the version of the default operator set. */
  @CanIgnoreReturnValue
  public GraphBuilder opset(long version) {
    return opset(OnnxModel.DEFAULT_DOMAIN, version);
  }

  /** Adds an operator set of another domain, such as {@code com.microsoft}. */
  @CanIgnoreReturnValue
  public GraphBuilder opset(String domain, long version) {
    opsets.put(domain, version);
    return this;
  }

  @CanIgnoreReturnValue
  public GraphBuilder input(String name, ElementType type, Dimension... shape) {
    inputs.add(new Port(name, type, Arrays.asList(shape)).toProto());
    return this;
  }

  @CanIgnoreReturnValue
  public GraphBuilder output(String name, ElementType type, Dimension... shape) {
    outputs.add(new Port(name, type, Arrays.asList(shape)).toProto());
    return this;
  }

  /** Adds a constant; its name is the tensor's. */
  @CanIgnoreReturnValue
  public GraphBuilder initializer(Tensor tensor) {
    if (initializers.putIfAbsent(tensor.name(), tensor) != null) {
      throw new InvalidModelException("Initializer %s occurs twice".formatted(tensor.name()));
    }
    return this;
  }

  /** Adds a node with one output and answers the output's name, so that calls can be chained. */
  @CanIgnoreReturnValue
  public String node(String op, List<String> inputs, String output, Attribute... attributes) {
    node(op, inputs, List.of(output), attributes);
    return output;
  }

  /** Adds a node. An empty input name stands for an optional input that is left out. */
  @CanIgnoreReturnValue
  public GraphBuilder node(
      String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
    return node(OnnxModel.DEFAULT_DOMAIN, op, inputs, outputs, attributes);
  }

  /** Adds a node of another domain, whose operator set must be added too. */
  @CanIgnoreReturnValue
  public GraphBuilder node(
      String domain,
      String op,
      List<String> inputs,
      List<String> outputs,
      Attribute... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(op)
            // Outputs are unique in a graph, so names made from them are too.
            .setName(outputs.get(0) + ":" + op)
            .addAllInput(inputs)
            .addAllOutput(outputs);
    for (Attribute attribute : attributes) {
      node.addAttribute(attribute.proto());
    }
    return node(node.build());
  }

  /** Adds a node as another graph holds it. */
  @CanIgnoreReturnValue
  public GraphBuilder node(NodeProto node) {
    nodes.add(node);
    return this;
  }

  /** Removes the nodes added so far whose results nothing uses, as a rewrite leaves them behind. */
  @CanIgnoreReturnValue
  public GraphBuilder withoutUnusedNodes() {
    Set<String> needed = new HashSet<>();
    outputs.forEach(output -> needed.add(output.getName()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        GraphCheck.addUses(node, needed);
      } else {
        nodes.remove(i);
      }
    }
    return this;
  }

  /**
   * The finished model. Constants that nothing uses are left out.
   *
   * @throws InvalidModelException if a value is used before it is defined, is defined twice, if an
   *     output is never computed, or if a node's operator set was not added
   */
  public OnnxModel build(Map<String, String> metadata) {
    GraphCheck check =
        GraphCheck.of(
            inputs.stream().map(ValueInfoProto::getName).toList(),
            initializers.keySet(),
            nodes,
            outputs.stream().map(ValueInfoProto::getName).toList(),
            opsets.keySet());
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(name)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllNode(nodes);
    initializers.forEach(
        (initializer, tensor) -> {
          if (check.uses(initializer)) {
            graph.addInitializer(tensor.proto());
          }
        });
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(irVersion)
            .setProducerName("distillstream")
            .setGraph(graph)
            .addAllFunctions(functions);
    opsets.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    metadata.forEach((key, value) -> model.addMetadataProps(OnnxModel.entry(key, value)));
    return OnnxModel.of(model.build());
  }
}
