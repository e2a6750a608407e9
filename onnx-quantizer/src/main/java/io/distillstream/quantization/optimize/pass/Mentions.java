package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.BodyUses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which nodes of a graph give a value and which take it, by the nodes' keys. Not thread-safe. */
final class Mentions {
  private final Map<String, String> producers = new HashMap<>();
  private final Map<String, List<String>> consumers = new HashMap<>();
  private final Map<String, List<String>> bodyConsumers = new HashMap<>();

  /** Results are unique in a graph, so the first one stands for its node. */
  static String key(NodeProto node) {
    return node.getOutputList().stream().filter(o -> !o.isEmpty()).findFirst().orElse("");
  }

  void add(NodeProto node) {
    String key = key(node);
    node.getOutputList().stream()
        .filter(output -> !output.isEmpty())
        .forEach(output -> producers.put(output, key));
    node.getInputList().stream()
        .filter(input -> !input.isEmpty())
        .forEach(input -> consumers.computeIfAbsent(input, i -> new ArrayList<>()).add(key));
    BodyUses.of(node)
        .forEach(value -> bodyConsumers.computeIfAbsent(value, v -> new ArrayList<>()).add(key));
  }

  void remove(NodeProto node) {
    String key = key(node);
    node.getOutputList().forEach(producers::remove);
    node.getInputList().forEach(input -> removeOne(consumers, input, key));
    BodyUses.of(node).forEach(value -> removeOne(bodyConsumers, value, key));
  }

  private static void removeOne(Map<String, List<String>> mentions, String value, String key) {
    List<String> keys = mentions.get(value);
    if (keys != null) {
      keys.remove(key);
      if (keys.isEmpty()) {
        mentions.remove(value);
      }
    }
  }

  void clear() {
    producers.clear();
    consumers.clear();
    bodyConsumers.clear();
  }

  Optional<String> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The nodes that take the value as an input, one that takes it twice occurs twice. */
  List<String> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** Whether a body of control flow names the value. */
  boolean isUsedInBodies(String value) {
    return bodyConsumers.containsKey(value);
  }
}
