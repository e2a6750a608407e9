package io.distillstream.quantization.optimize.memory;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.BodyUses;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.optimize.pass.Nodes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The buffers that hold a graph's values while its nodes run one after the other. */
final class ActivationBuffers {
  /** They give their first input's values in another shape. */
  private static final Set<String> VIEWS =
      Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity");

  /** Each element of the result depends on the elements at the same place only. */
  private static final Set<String> ELEMENT_WISE =
      Set.of(
          "Abs",
          "Add",
          "Ceil",
          "Clip",
          "Div",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Mul",
          "Neg",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Sqrt",
          "Sub",
          "Tanh");

  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, Long> sizes;
  private final Map<String, String> buffers = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Set<String> kept = new HashSet<>();
  private final long inputBytes;

  /**
   * The most that is live at a time.
   *
   * @param node at which that is
   */
  record Peak(long bytes, String node) {}

  ActivationBuffers(OnnxModel model, Map<String, Long> sizes) {
    this.sizes = sizes;
    Set<String> constants = new HashSet<>(model.initializerNames());
    long inputs = 0;
    for (ValueInfoProto input : model.proto().getGraph().getInputList()) {
      if (!constants.contains(input.getName())) {
        kept.add(input.getName());
        inputs += size(input.getName());
      }
    }
    inputBytes = inputs;
    for (NodeProto node : model.nodes()) {
      if (Nodes.is(node, "Constant")) {
        constants.addAll(node.getOutputList());
      } else {
        nodes.add(node);
      }
    }
    kept.addAll(constants);
    nodes.forEach(this::assign);
    model.proto().getGraph().getOutputList().forEach(output -> kept.add(buffer(output.getName())));
  }

  private void assign(NodeProto node) {
    if (Nodes.isDefaultDomain(node) && VIEWS.contains(node.getOpType())) {
      buffers.put(node.getOutput(0), buffer(node.getInput(0)));
    }
    needs(node).forEach(buffer -> uses.merge(buffer, 1, Integer::sum));
  }

  private String buffer(String value) {
    return buffers.getOrDefault(value, value);
  }

  private long size(String value) {
    return sizes.getOrDefault(value, 0L);
  }

  /** The buffers that a node reads, each once. */
  private Set<String> needs(NodeProto node) {
    Set<String> needs = new LinkedHashSet<>();
    node.getInputList().forEach(input -> needs.add(buffer(input)));
    BodyUses.of(node).forEach(value -> needs.add(buffer(value)));
    needs.remove("");
    return needs;
  }

  /** What is live at most if the nodes run in this order. */
  Peak peak(List<NodeProto> order) {
    Run run = new Run();
    Peak peak = new Peak(inputBytes, "the graph's inputs");
    for (NodeProto node : order) {
      if (!Nodes.is(node, "Constant")) {
        long during = run.step(node);
        if (during > peak.bytes()) {
          peak = new Peak(during, Nodes.describe(node));
        }
      }
    }
    return peak;
  }

  /** An order that always takes next, of the nodes that can run, the one that adds least. */
  List<NodeProto> greedyOrder() {
    Run run = new Run();
    List<NodeProto> order = new ArrayList<>();
    List<NodeProto> waiting = new ArrayList<>(nodes);
    Set<String> missing = new HashSet<>();
    nodes.forEach(node -> missing.addAll(node.getOutputList()));
    missing.remove("");
    while (!waiting.isEmpty()) {
      NodeProto next =
          waiting.stream()
              .filter(node -> isReady(node, missing))
              .min(Comparator.comparingLong(run::growth))
              .orElseThrow();
      run.step(next);
      order.add(next);
      waiting.remove(next);
      next.getOutputList().forEach(missing::remove);
    }
    return order;
  }

  private static boolean isReady(NodeProto node, Set<String> missing) {
    return node.getInputList().stream().noneMatch(missing::contains)
        && BodyUses.of(node).stream().noneMatch(missing::contains);
  }

  /** One passage through the graph. */
  private final class Run {
    /** How many nodes are yet to read a buffer. */
    private final Map<String, Integer> open = new HashMap<>(uses);

    /** Bytes of the buffers in use, but for those of the graph's inputs. */
    private final Map<String, Long> live = new HashMap<>();

    private long bytes = inputBytes;

    /** Runs a node and answers how much is live while it does. */
    long step(NodeProto node) {
      Optional<String> overwritten = overwritten(node);
      for (String output : results(node)) {
        long size = overwritten.map(from -> live.getOrDefault(from, 0L)).orElse(size(output));
        live.put(output, size);
        bytes += overwritten.isPresent() ? 0 : size;
      }
      overwritten.ifPresent(live::remove);
      long during = bytes;
      for (String buffer : needs(node)) {
        if (open.merge(buffer, -1, Integer::sum) == 0) {
          release(buffer);
        }
      }
      results(node).stream().filter(output -> !uses.containsKey(output)).forEach(this::release);
      return during;
    }

    private void release(String buffer) {
      if (!kept.contains(buffer)) {
        bytes -= live.getOrDefault(buffer, 0L);
        live.remove(buffer);
      }
    }

    /** By how much more is live behind a node than before it. */
    long growth(NodeProto node) {
      Optional<String> overwritten = overwritten(node);
      long growth = 0;
      if (overwritten.isEmpty()) {
        growth += results(node).stream().mapToLong(ActivationBuffers.this::size).sum();
      }
      for (String buffer : needs(node)) {
        boolean last = open.getOrDefault(buffer, 0) == 1 && !kept.contains(buffer);
        if (last && !overwritten.equals(Optional.of(buffer))) {
          growth -= live.getOrDefault(buffer, 0L);
        }
      }
      return growth;
    }

    /** The operand whose buffer a node may fill with its result, because nothing else needs it. */
    private Optional<String> overwritten(NodeProto node) {
      if (!Nodes.isDefaultDomain(node)
          || !ELEMENT_WISE.contains(node.getOpType())
          || node.getOutputCount() != 1) {
        return Optional.empty();
      }
      return needs(node).stream()
          .filter(buffer -> live.containsKey(buffer) && !kept.contains(buffer))
          .filter(buffer -> open.getOrDefault(buffer, 0) == 1)
          .filter(buffer -> live.getOrDefault(buffer, 0L) >= size(node.getOutput(0)))
          .findFirst();
    }
  }

  /** The results of a node that need a buffer of their own. */
  private List<String> results(NodeProto node) {
    return node.getOutputList().stream()
        .filter(output -> !output.isEmpty() && buffer(output).equals(output))
        .toList();
  }
}
